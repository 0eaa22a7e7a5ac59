import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { modelFile, sha256Of } from './fixtures/model-file.ts';
import { type InstallRig, installRig } from './fixtures/rig.ts';

const file = modelFile();
let rig: InstallRig;
let stick: string;
beforeEach(async () => {
  rig = await installRig(file);
  stick = await mkdtemp(join(tmpdir(), 'b3iq-stick-'));
});
afterEach(async () => {
  await rig.close();
  await rm(stick, { recursive: true, force: true });
});
const from = (path: string) => ({ source: { kind: 'file', path } as const });

test('a model on a stick is copied, proven and stays when the stick is gone', async () => {
  await writeFile(join(stick, 'My Model.GGUF'), file);
  const { record } = await rig.library.install(from(join(stick, 'My Model.GGUF')));
  expect(record.modelId).toBe('my-model');
  await rig.settled();
  await rm(stick, { recursive: true });
  expect((await rig.bytes()).equals(file)).toBe(true);
});

test('whatever the umask, the group can read the model: on an appliance its engine is another user', async () => {
  await writeFile(join(stick, 'a.gguf'), file);
  const before = process.umask(0o077);
  try {
    await rig.library.install(from(join(stick, 'a.gguf')));
    await rig.settled();
  } finally {
    process.umask(before);
  }
  const [model] = rig.library.models();
  const path = rig.library.fileOf(model ?? expect.fail('not installed'));
  expect((await stat(path)).mode & 0o777).toBe(0o640);
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o750);
});

test('through a link as well; the same bytes twice are one model', async () => {
  await writeFile(join(stick, 'a.gguf'), file);
  await symlink(join(stick, 'a.gguf'), join(stick, 'b.gguf'));
  await rig.library.install(from(join(stick, 'b.gguf')));
  await rig.settled();
  await rig.library.install(from(join(stick, 'a.gguf')));
  await rig.settled();
  expect(rig.library.models()).toHaveLength(1);
  expect(await rig.incoming()).toEqual([]);
});

test('a file with another hash, a cut one, an empty one, a folder, a pipe and nothing at all are told apart', async () => {
  const paths = {
    cut: join(stick, 'cut.gguf'),
    empty: join(stick, 'empty.gguf'),
    pipe: join(stick, 'pipe.gguf'),
  };
  await writeFile(paths.cut, file.subarray(0, file.length - 1));
  await writeFile(paths.empty, '');
  execFileSync('mkfifo', [paths.pipe]);
  await writeFile(join(stick, 'whole.gguf'), file);
  const outcomes: (string | undefined)[] = [];
  for (const path of [paths.cut, paths.empty, paths.pipe, stick, join(stick, 'none.gguf')]) {
    const { record } = await rig.library.install(from(path));
    await rig.settled();
    outcomes.push(rig.obstacle());
    await rig.library.act(record.id, 'cancel');
  }
  expect(outcomes).toEqual([
    'not-a-model',
    'not-a-model',
    'source-refused',
    'source-refused',
    'source-refused',
  ]);
  await rig.library.install({
    ...from(join(stick, 'whole.gguf')),
    expected: { sha256: sha256Of(Buffer.from('x')) },
  });
  await rig.settled();
  expect(rig.obstacle()).toBe('wrong-hash');
  await expect(rig.library.install(from('relative.gguf'))).rejects.toMatchObject({
    code: 'model_source_refused',
  });
});

test('a source that is not there yet can be plugged in and the installation resumed', async () => {
  const path = join(stick, 'later.gguf');
  const { record } = await rig.library.install(from(path));
  await rig.settled();
  await writeFile(path, file.subarray(0, 400_000));
  await appendFile(path, file.subarray(400_000));
  await rig.library.act(record.id, 'resume');
  await rig.settled();
  expect((await rig.bytes()).equals(file)).toBe(true);
});
