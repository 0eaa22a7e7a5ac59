import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tar } from './tar.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'b3iq-tar-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('is read by tar, with every size around a block', async () => {
  const sizes = [0, 1, 511, 512, 513, 10_000];
  const files = sizes.map((size) => ({ path: `a/${size}.txt`, bytes: Buffer.alloc(size, 'x') }));
  const path = join(folder, 'x.tar');
  await writeFile(path, tar(files, Date.UTC(2026, 10, 22) / 1000));
  const { stdout } = await execa('tar', ['--utc', '--full-time', '--numeric-owner', '-tvf', path]);
  expect(stdout.split('\n')).toHaveLength(sizes.length);
  expect(stdout).toMatch(/^-rw------- 0\/0 +0 2026-11-22 00:00:00 a\/0\.txt$/m);
  await execa('tar', ['-xf', path, '-C', folder]);
  for (const { path: name, bytes } of files) expect(await readFile(join(folder, name))).toEqual(bytes);
});

it.each(['', '../x', '/etc/passwd', 'a'.repeat(101), 'ä', 'a\nb'])('refuses the name %j', (path) => {
  expect(() => tar([{ path, bytes: new Uint8Array() }], 0)).toThrow(RangeError);
});
