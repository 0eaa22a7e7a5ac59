import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { waitFor } from '../../os/wait-for.ts';
import { modelFile, sha256Of } from './fixtures/model-file.ts';
import { type ModelServer, modelServer } from './fixtures/model-server.ts';
import { CHUNK, type InstallRig, installRig } from './fixtures/rig.ts';

const CHILD = fileURLToPath(new URL('./fixtures/install-child.ts', import.meta.url));
const file = modelFile();
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Child {
  readonly process: ChildProcess;
  readonly lines: { readonly phase: string; readonly obstacle?: string; readonly sha256?: string }[];
  kill(): Promise<void>;
}
function child(command: readonly string[], ...args: readonly string[]): Child {
  const [program = '', ...before] = [...command, process.execPath];
  const started = spawn(program, [...before, CHILD, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: Child['lines'] = [];
  createInterface({ input: started.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  const kill = async () => {
    if (started.exitCode !== null || started.signalCode !== null) return;
    started.kill('SIGKILL');
    await new Promise((resolve) => started.once('exit', resolve));
  };
  ends.push(kill);
  return { process: started, lines, kill };
}
async function folderAndServer(): Promise<{ readonly folder: string; readonly server: ModelServer }> {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-restart-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const server = await modelServer(file);
  ends.push(() => server.close());
  return { folder, server };
}
/** Looked at from beside: opening the folder is for one agent at a time. */
const chunksOnDisk = async (folder: string): Promise<number> => {
  const [id = ''] = await readdir(join(folder, 'incoming')).catch(() => []);
  const map = await readFile(join(folder, 'incoming', id, 'chunks'), 'utf8').catch(() => '');
  return map.split('\n').length - 1;
};
async function rigOn(folder: string): Promise<InstallRig> {
  const rig = await installRig(file, { folder });
  ends.push(() => rig.close());
  return rig;
}

test('killed in mid-download, again and again, it goes on after the last part it had proven', async () => {
  const { folder, server } = await folderAndServer();
  const asked: number[] = [];
  for (const chunks of [2, 5, 11]) {
    server.holdAfter = chunks * CHUNK + 1_000;
    const running = child([], folder, asked.length === 0 ? server.url : '', String(CHUNK));
    await waitFor(async () => (await chunksOnDisk(folder)) === chunks, {
      timeoutMs: 30_000,
      what: `${chunks} parts are on the disk`,
    });
    await running.kill();
    asked.push(chunks);
  }
  server.holdAfter = undefined;
  const last = child([], folder, '', String(CHUNK));
  await waitFor(() => last.lines.at(-1)?.sha256, { timeoutMs: 30_000, what: 'it is installed' });
  expect(last.lines.at(-1)?.sha256).toBe(sha256Of(file));
  expect(server.asked).toEqual([0, 2 * CHUNK, 5 * CHUNK, 11 * CHUNK]);
});

/** Stopped with four parts and a bit on the disk; what lies there is then changed by `harm`. */
async function stoppedAndHarmed(harm: (incoming: string) => Promise<unknown>): Promise<InstallRig> {
  const { folder } = await folderAndServer();
  const rig = await rigOn(folder);
  rig.server.holdAfter = 4 * CHUNK + 5_000;
  const { record } = await rig.library.install({ source: rig.url });
  await waitFor(() => rig.library.installs()[0]?.doneBytes === rig.server.holdAfter, {
    timeoutMs: 10_000,
    what: 'the server holds back',
  });
  await rig.library.close();
  await harm(join(folder, 'incoming', record.id));
  rig.server.holdAfter = undefined;
  const next = await rig.open();
  await rig.settled(next);
  expect((await rig.bytes(next)).equals(file)).toBe(true);
  return rig;
}

test.each<[string, (incoming: string) => Promise<unknown>, number]>([
  ['bytes after the last whole part', (at) => appendFile(join(at, 'part'), Buffer.alloc(9_999, 7)), 4],
  ['half a line in the map', (at) => appendFile(join(at, 'chunks'), 'abcdef'), 4],
  ['a line that is no hash', (at) => appendFile(join(at, 'chunks'), `${'x'.repeat(64)}\n`), 4],
  ['a part the disk has changed', (at) => overwrite(join(at, 'part'), 2 * CHUNK + 17), 2],
  ['a part the disk has lost', (at) => truncated(join(at, 'part'), 3 * CHUNK - 1), 2],
  ['a map that is gone', (at) => rm(join(at, 'chunks')), 0],
  ['a map of another file', (at) => writeFile(join(at, 'chunks'), `${'0'.repeat(64)}\n`), 0],
])('%s costs no more than what it damaged', async (_title, harm, keptChunks) => {
  const rig = await stoppedAndHarmed(harm);
  expect(rig.server.asked).toEqual([0, keptChunks * CHUNK]);
});

test('an installation whose record is damaged is given up, and its room given back', async () => {
  const { folder } = await folderAndServer();
  const rig = await rigOn(folder);
  rig.server.holdAfter = CHUNK;
  const { record } = await rig.library.install({ source: rig.url });
  await rig.library.close();
  await writeFile(join(folder, 'incoming', record.id, 'record.json'), '{"id":"../../x"');
  const next = await rig.open();
  expect(next.installs()).toEqual([]);
  await expect(stat(join(folder, 'incoming', record.id))).rejects.toThrow();
});

test('a paused one stays paused over a restart, and a removed model can be brought back only before it', async () => {
  const { folder } = await folderAndServer();
  const rig = await rigOn(folder);
  await rig.library.install({ source: rig.url });
  await rig.settled();
  const [model] = rig.library.models();
  if (model === undefined) throw new Error('not installed');
  await rig.library.remove(model.sha256);
  expect(rig.library.models()).toEqual([]);
  await rig.library.restore(model.sha256);
  expect((await rig.bytes()).equals(file)).toBe(true);
  await rig.library.remove(model.sha256);
  rig.server.holdAfter = CHUNK;
  const { record } = await rig.library.install({ source: rig.url });
  await rig.library.act(record.id, 'pause');
  await rig.library.close();
  const next = await rig.open();
  expect(next.installs()).toMatchObject([{ phase: 'paused', record: { id: record.id } }]);
  await expect(next.restore(model.sha256)).rejects.toMatchObject({ code: 'model_not_found' });
});

test('the model that is being served cannot be removed', async () => {
  const { folder } = await folderAndServer();
  const rig = await installRig(file, { folder, isInUse: (path) => path.startsWith(folder) });
  ends.push(() => rig.close());
  await rig.library.install({ source: rig.url });
  await rig.settled();
  const [model] = rig.library.models();
  if (model === undefined) throw new Error('not installed');
  await expect(rig.library.remove(model.sha256)).rejects.toMatchObject({ code: 'model_in_use' });
  expect((await rig.bytes()).equals(file)).toBe(true);
});

test('before a removed model’s file goes, whoever serves it lets go; one that cannot leaves it installed', async () => {
  const { folder } = await folderAndServer();
  let letsGo: () => Promise<void> = async () => {
    throw new Error('it holds on');
  };
  const rig = await installRig(file, { folder, letGo: () => letsGo() });
  ends.push(() => rig.close());
  await rig.library.install({ source: rig.url });
  await rig.settled();
  const [model] = rig.library.models();
  if (model === undefined) throw new Error('not installed');
  await expect(rig.library.remove(model.sha256)).rejects.toThrow('it holds on');
  expect(rig.library.models()).toEqual([model]);
  const seen: unknown[] = [];
  letsGo = async () => {
    seen.push(rig.library.models(), (await stat(rig.library.fileOf(model))).size);
  };
  await rig.library.remove(model.sha256);
  expect(seen).toEqual([[], file.length]);
  await expect(stat(rig.library.fileOf(model))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('what a loss of power left between the two renames becomes the model without the network', async () => {
  const { folder } = await folderAndServer();
  const rig = await rigOn(folder);
  rig.server.holdAfter = file.length - 1;
  const { record } = await rig.library.install({ source: rig.url });
  await waitFor(() => rig.library.installs()[0]?.doneBytes === file.length - 1, {
    timeoutMs: 10_000,
    what: 'all but a byte is here',
  });
  await rig.library.close();
  rig.server.holdAfter = undefined;
  // The last part is brought, and the first rename is done by hand.
  const incoming = join(folder, 'incoming', record.id);
  await writeFile(join(incoming, 'part'), file);
  const tail = sha256Of(file.subarray(Math.floor(file.length / CHUNK) * CHUNK));
  await appendFile(join(incoming, 'chunks'), `${tail}\n`);
  await mkdir(join(incoming, 'ready'));
  await rename(join(incoming, 'part'), join(incoming, 'ready', 'model.gguf'));
  const asked = rig.server.asked.length;
  const next = await rig.open();
  await rig.settled(next);
  expect((await rig.bytes(next)).equals(file)).toBe(true);
  expect(rig.server.asked).toHaveLength(asked);
});

test('a disk that fills up stops it, loses nothing that was proven, and it goes on once there is room', async () => {
  const { folder, server } = await folderAndServer();
  const isRoot = process.getuid?.() === 0;
  const namespace = ['unshare', ...(isRoot ? ['--mount'] : ['--user', '--map-root-user', '--mount'])];
  const running = child(namespace, folder, server.url, String(CHUNK), '640k');
  await waitFor(() => running.lines.at(-1)?.obstacle, { timeoutMs: 30_000, what: 'the disk is full' });
  expect(running.lines.at(-1)).toMatchObject({ phase: 'failed', obstacle: 'no-space' });
  running.process.stdin?.write('16m\n');
  await waitFor(() => running.lines.at(-1)?.sha256, { timeoutMs: 30_000, what: 'it is installed' });
  expect(running.lines.at(-1)?.sha256).toBe(sha256Of(file));
  expect(server.asked).toHaveLength(2);
  expect(server.asked[1]).toBeGreaterThan(0);
  expect((server.asked[1] ?? 0) % CHUNK).toBe(0);
});

test('too little room is told before a byte is fetched, and models that work are left alone', async () => {
  const { folder } = await folderAndServer();
  let free = 2 ** 40;
  const rig = await installRig(file, { folder, freeBytes: async () => free });
  ends.push(() => rig.close());
  await rig.library.install({ source: rig.url });
  await rig.settled();
  free = 600 * 2 ** 20;
  const big = { kind: 'url', url: rig.server.url.replace('Tiny', 'Big') } as const;
  rig.server.bytes = modelFile(30_000_000, 3);
  await rig.library.install({ source: big });
  await rig.settled();
  expect(rig.obstacle()).toBe('no-space');
  expect((await rig.bytes()).equals(file)).toBe(true);
  expect(rig.library.installs()[0]?.doneBytes).toBe(0);
});

async function overwrite(path: string, at: number): Promise<void> {
  const handle = await open(path, 'r+');
  await handle.write(Buffer.from('changed'), 0, 7, at);
  await handle.close();
}
async function truncated(path: string, bytes: number): Promise<void> {
  const handle = await open(path, 'r+');
  await handle.truncate(bytes);
  await handle.close();
}
