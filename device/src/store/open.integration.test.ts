import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { type Sample, sampleFormat, storeContract } from './contract.ts';
import { fileAdapter } from './file-adapter.ts';
import { openStore } from './open.ts';
import { openSettings } from './settings.ts';
import type { Format } from './types.ts';

/** Each run strikes at other moments; `B3IQ_KILL_ROUNDS=100` strikes more of them at once. */
const ROUNDS = Number(process.env.B3IQ_KILL_ROUNDS ?? 7);

const made: string[] = [];
async function freshDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'b3iq-store-'));
  made.push(dir);
  return dir;
}
afterAll(() => Promise.all(made.map((dir) => rm(dir, { recursive: true, force: true }))));

const open = (dir: string, format: Format<Sample> = sampleFormat) =>
  openStore({ dir, name: 'settings', format, clock: new FakeClock(), log: memoryLog() });
const main = (dir: string) => join(dir, 'settings.json');
const copy = (dir: string) => join(dir, 'settings.last-good.json');
/** A folder where the temp file would go makes every write of `path` fail, for root too. */
async function failWritesOf(path: string, on: boolean): Promise<void> {
  const temp = `${path}.${process.pid}.tmp`;
  if (on) await mkdir(temp);
  else await rm(temp, { recursive: true, force: true });
}
/** A folder whose store holds count 1 and then 2. */
async function used(): Promise<string> {
  const dir = await freshDir();
  const { store } = await open(dir);
  await store.update((v) => ({ ...v, count: 1 }));
  await store.update((v) => ({ ...v, count: 2 }));
  return dir;
}

describe('the store on disk', () => {
  storeContract(async () => {
    const dir = await freshDir();
    const { store } = await open(dir);
    return { store, failWrites: (on) => failWritesOf(main(dir), on) };
  });

  it('is there after a restart, for this user alone, with an equal last good copy', async () => {
    const dir = await used();
    expect((await open(dir)).store.read().count).toBe(2);
    expect((await stat(main(dir))).mode & 0o777).toBe(0o600);
    expect(await readFile(copy(dir), 'utf8')).toBe(await readFile(main(dir), 'utf8'));
    expect((await readdir(dir)).sort()).toEqual(['settings.json', 'settings.last-good.json']);
  });

  it('gives nothing to lowdb when there is nothing, and the value when there is', async () => {
    const dir = await freshDir();
    const paths = { main: main(dir), copy: copy(dir) };
    const adapter = fileAdapter(paths, sampleFormat, new FakeClock(), memoryLog());
    expect(await adapter.read()).toBeNull();
    await adapter.write({ count: 3, names: [] });
    expect(await adapter.read()).toEqual({ count: 3, names: [] });
  });

  it('stays durable when only the spare copy cannot be written, and makes it good at the next start', async () => {
    const dir = await used();
    const { store } = await open(dir);
    await failWritesOf(copy(dir), true);
    await store.update((v) => ({ ...v, count: 3 }));
    expect((await open(dir)).store.read().count).toBe(3);
    await failWritesOf(copy(dir), false);
    const again = await open(dir);
    expect(again.notice).toBeNull();
    expect(await readFile(copy(dir), 'utf8')).toContain('"count": 3');
  });
});

describe('a damaged settings file', () => {
  it('is restored without loss wherever it was cut, kept aside, and told', async () => {
    const dir = await used();
    const { size } = await stat(main(dir));
    for (let end = 0; end < size - 1; end += 7) {
      await truncate(main(dir), end);
      const { store, notice } = await open(dir);
      expect(store.read().count, `cut at ${end}`).toBe(2);
      expect(notice).toContain('restored from its last good copy');
      expect(notice).toContain('settings.damaged-');
    }
    expect((await open(dir)).notice).toBeNull();
    expect((await readdir(dir)).filter((name) => name.includes('damaged'))).toHaveLength(5);
  });

  it.each([
    ['zeroes', Buffer.alloc(400)],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x80, 0x80])],
    ['somebody else’s JSON', Buffer.from('{"claim":null}')],
    ['too much', Buffer.alloc(17 * 1024 * 1024, 0x20)],
  ])('holding %s is restored', async (_what, bytes) => {
    const dir = await used();
    await writeFile(main(dir), bytes);
    const { store, notice } = await open(dir);
    expect(store.read().count).toBe(2);
    expect(notice).not.toBeNull();
  });

  it('that is a folder, or gone, is restored too', async () => {
    const dir = await used();
    await rm(main(dir));
    expect((await open(dir)).notice).toContain('missing');
    await rm(main(dir));
    await mkdir(main(dir));
    expect((await open(dir)).store.read().count).toBe(2);
  });

  it('with a damaged copy beside it stops the start, each time, and touches neither', async () => {
    const dir = await used();
    await writeFile(main(dir), 'garbled');
    await writeFile(copy(dir), '');
    for (let start = 0; start < 3; start++)
      await expect(open(dir)).rejects.toMatchObject({ code: 'store_corrupt' });
    expect(await readFile(main(dir), 'utf8')).toBe('garbled');
    expect((await readdir(dir)).sort()).toEqual(['settings.json', 'settings.last-good.json']);
  });

  it('with no copy at all is never taken for a fresh machine', async () => {
    const dir = await used();
    await writeFile(main(dir), '{}');
    await rm(copy(dir));
    await expect(open(dir)).rejects.toMatchObject({ code: 'store_corrupt' });
  });

  it('that is only the copy is made again', async () => {
    const dir = await used();
    await writeFile(copy(dir), 'garbled');
    const { notice } = await open(dir);
    expect(notice).toContain('Nothing was lost');
    expect(await readFile(copy(dir), 'utf8')).toBe(await readFile(main(dir), 'utf8'));
  });

  it('stops the start when the repair cannot be written, and can be repaired later', async () => {
    const dir = await used();
    await writeFile(main(dir), 'garbled');
    await failWritesOf(main(dir), true);
    await expect(open(dir)).rejects.toMatchObject({ code: 'store_write_failed' });
    await failWritesOf(main(dir), false);
    expect((await open(dir)).store.read().count).toBe(2);
  });
});

describe('another version', () => {
  const next: Format<Sample> = {
    ...sampleFormat,
    version: 2,
    migrations: [
      {
        from: 1,
        note: 'Counts by tens.',
        up: (raw) => ({ ...(raw as Sample), count: (raw as Sample).count * 10 }),
      }, // our own sample
    ],
  };

  it('is brought up to date with a backup of the old form first', async () => {
    const dir = await used();
    expect((await open(dir, next)).store.read().count).toBe(20);
    expect((await open(dir, next)).store.read().count).toBe(20);
    const backup = JSON.parse(await readFile(join(dir, 'settings.v1.json'), 'utf8'));
    expect(backup).toMatchObject({ version: 1, settings: { count: 2 } });
    await writeFile(main(dir), await readFile(join(dir, 'settings.v1.json')));
    expect((await open(dir, sampleFormat)).store.read().count).toBe(2);
  });

  it('that is newer stops the start and touches nothing', async () => {
    const dir = await used();
    await open(dir, next);
    await expect(open(dir)).rejects.toMatchObject({ code: 'store_newer' });
    expect(await readFile(main(dir), 'utf8')).toContain('"version": 2');
  });

  it('that cannot be brought up to date is left as it is', async () => {
    const dir = await used();
    await expect(open(dir, { ...next, migrations: [] })).rejects.toMatchObject({ code: 'store_corrupt' });
    expect((await open(dir)).store.read().count).toBe(2);
  });
});

describe('kill -9 while settings are written', () => {
  it('never loses an acknowledged value and always leaves a readable file', { timeout: 60_000 }, async () => {
    const dir = await freshDir();
    const source = `
      const [, open, clock, log, dir] = process.argv;
      const { openStore } = await import(open);
      const { z } = await import('zod');
      const schema = z.strictObject({ count: z.int(), names: z.array(z.string()) });
      const format = { version: 1, schema, initial: { count: 0, names: [] }, migrations: [] };
      const parts = { clock: (await import(clock)).systemClock, log: (await import(log)).jsonLog('error') };
      (await import('node:module')).flushCompileCache(); // a killed process leaves none to the next round
      const { store } = await openStore({ dir, name: 'settings', format, ...parts });
      for (;;) {
        const { count } = await store.update((v) => ({ ...v, count: v.count + 1 }));
        process.stdout.write(count + '\\n');
      }`;
    const url = (file: string) => new URL(file, import.meta.url).href;
    let acknowledged = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const files = [url('./open.ts'), url('../os/clock.ts'), url('../os/log.ts')];
      const args = ['--input-type=module', '-e', source, ...files, dir];
      const child = spawn(process.execPath, args, {
        cwd: import.meta.dirname,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const until = acknowledged + randomInt(1, 25);
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged = Number(line);
        if (acknowledged >= until) child.kill('SIGKILL');
      }
      const { store, notice } = await open(dir);
      expect(store.read().count).toBeGreaterThanOrEqual(acknowledged);
      expect(notice).toBeNull();
    }
    expect(acknowledged).toBeGreaterThanOrEqual(ROUNDS);
    expect((await readdir(dir)).sort()).toEqual(['settings.json', 'settings.last-good.json']);
  });
});

describe('the machine’s settings', () => {
  it('begin unclaimed and without keys', async () => {
    const dir = await freshDir();
    const { store, notice } = await openSettings(dir, { clock: new FakeClock(), log: memoryLog() });
    expect(notice).toBeNull();
    expect(store.read()).toMatchObject({
      claim: { owner: null, secret: null },
      keys: [],
      network: { intent: null },
    });
    const intent = {
      ssid_hex: 'c3a9',
      hidden: false,
      profile_id: 'b2c9a8f0-6d1c-4f0a-9a53-0f3f0c1d2e3f',
      lan: null,
    };
    await store.update((s) => ({ ...s, network: { intent, trial: null, failed: null } }));
    const again = await openSettings(dir, { clock: new FakeClock(), log: memoryLog() });
    expect(again.store.read().network.intent?.ssid_hex).toBe('c3a9');
  });
});
