import { open } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { tinyGguf } from '../engine/fixtures/tiny-gguf.ts';
import { type InstallRig, installRig } from './install/fixtures/rig.ts';
import { fitOf, listInstalled } from './list.ts';

let rig: InstallRig;
afterEach(() => rig.close());

test('an installed model is listed with its path, hash, header and fit; a file that went bad with why', async () => {
  rig = await installRig(Buffer.from(tinyGguf()));
  await rig.library.install({ source: rig.url });
  await rig.settled();
  const [one] = await listInstalled(rig.library);
  if (one === undefined) throw new Error('not installed');
  expect(one.path).toBe(rig.library.fileOf(one.model));
  expect(one.sha256).toBe(one.model.sha256);
  expect(fitOf(one, 2 ** 33)).toMatchObject({ kind: 'comfortable' });
  expect(fitOf(one, 1_000)).toMatchObject({ kind: 'does-not-fit' });
  const file = await open(one.path, 'r+');
  await file.write('BAD!', 0);
  await file.close();
  const [bad] = await listInstalled(rig.library);
  expect(bad?.gate).toMatchObject({ kind: 'refused', why: expect.stringMatching(/\.$/) });
  expect(bad && fitOf(bad, 2 ** 33)).toBeUndefined();
});
