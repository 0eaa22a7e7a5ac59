import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { type OpenedStore, openStore } from './open.ts';
import { openSettings, settingsFormat } from './settings.ts';
import type { Format } from './types.ts';

const made: string[] = [];
async function freshDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'b3iq-trial-'));
  made.push(dir);
  return dir;
}
afterAll(() => Promise.all(made.map((dir) => rm(dir, { recursive: true, force: true }))));

/** The form of the version before, and a made-up newer one: counts may be halves, and there is a colour. */
const before: Format<{ readonly count: number }> = {
  version: 1,
  schema: z.strictObject({ count: z.int() }),
  initial: { count: 0 },
  migrations: [],
};
interface Newer {
  readonly halves: number;
  readonly colour: string;
}
const newer: Format<Newer> = {
  version: 2,
  schema: z.strictObject({ halves: z.int(), colour: z.string() }),
  initial: { halves: 0, colour: 'grey' },
  migrations: [
    {
      from: 1,
      note: 'Counts are halves now, and there is a colour.',
      up: (raw) => ({ halves: before.schema.parse(raw).count * 2, colour: 'grey' }),
      down: (value) => ({ count: newer.schema.parse(value).halves / 2 }),
    },
  ],
};
const open = <T>(dir: string, format: Format<T>, onTrial = false): Promise<OpenedStore<T>> =>
  openStore({ dir, name: 'settings', format, clock: new FakeClock(), log: memoryLog(), onTrial });
const text = (dir: string, name = 'settings.json') => readFile(join(dir, name), 'utf8');

/** A machine that has run the version before, with a count of 3. */
async function used(): Promise<string> {
  const dir = await freshDir();
  await (await open(dir, before)).store.update(() => ({ count: 3 }));
  return dir;
}

describe('settings while a version is on trial', () => {
  it('are read in the new form and left on disk as they were', async () => {
    const dir = await used();
    const untouched = await text(dir);
    expect((await open(dir, newer, true)).store.read()).toEqual({ halves: 6, colour: 'grey' });
    expect(await text(dir)).toBe(untouched);
    expect(await text(dir, 'settings.last-good.json')).toBe(untouched);
  });
  it('can be changed as far as the version before can say it, and that version reads it', async () => {
    const dir = await used();
    const { store } = await open(dir, newer, true);
    expect(await store.update((value) => ({ ...value, halves: 10 }))).toEqual({ halves: 10, colour: 'grey' });
    expect((await open(dir, before)).store.read()).toEqual({ count: 5 });
  });
  it('refuse what only the new form can say, and change nothing', async () => {
    const dir = await used();
    const { store } = await open(dir, newer, true);
    for (const change of [{ colour: 'red' }, { halves: 7 }])
      await expect(store.update((value) => ({ ...value, ...change }))).rejects.toMatchObject({
        code: 'update_on_trial',
        facts: { retryAfterS: 60 },
      });
    expect(store.read()).toEqual({ halves: 6, colour: 'grey' });
    expect((await open(dir, before)).store.read()).toEqual({ count: 3 });
  });
  it('are written in the new form once it has proven itself, with the old one kept', async () => {
    const dir = await used();
    const { store, prove } = await open(dir, newer, true);
    await store.update((value) => ({ ...value, halves: 10 }));
    await prove();
    expect(await text(dir)).toContain('"version": 2');
    expect(await text(dir, 'settings.last-good.json')).toContain('"version": 2');
    expect(await text(dir, 'settings.v1.json')).toContain('"count": 5');
    await store.update((value) => ({ ...value, colour: 'red' }));
    await prove();
    expect((await open(dir, newer)).store.read()).toEqual({ halves: 10, colour: 'red' });
  });
  it('say so when the disk is full at that moment, and take the new form with the next change', async () => {
    const dir = await used();
    const { store, prove } = await open(dir, newer, true);
    const temp = join(dir, `settings.v1.json.${process.pid}.tmp`);
    await mkdir(temp); // where the backup would be written first
    await expect(prove()).rejects.toMatchObject({ code: 'store_write_failed' });
    expect((await open(dir, before)).store.read()).toEqual({ count: 3 });
    await rm(temp, { recursive: true });
    await prove();
    await store.update((value) => ({ ...value, colour: 'red' }));
    expect((await open(dir, newer)).store.read().colour).toBe('red');
  });
  it('are repaired in the old form', async () => {
    const dir = await used();
    await writeFile(join(dir, 'settings.json'), 'garbled');
    const { store, notice } = await open(dir, newer, true);
    expect(notice).toContain('restored from its last good copy');
    expect(store.read()).toEqual({ halves: 6, colour: 'grey' });
    expect((await open(dir, before)).store.read()).toEqual({ count: 3 });
  });
  it('refuse every change where a step has no way back', async () => {
    const dir = await used();
    const [step] = newer.migrations;
    if (step === undefined) throw new Error('there is a step');
    const { down: _, ...oneWay } = step;
    const { store, prove } = await open(dir, { ...newer, migrations: [oneWay] }, true);
    await expect(store.update((value) => ({ ...value, halves: 10 }))).rejects.toMatchObject({
      code: 'update_on_trial',
    });
    await prove();
    await store.update((value) => ({ ...value, halves: 10 }));
    expect((await open(dir, newer)).store.read().halves).toBe(10);
  });
  it('that are in the form of this version are simply written', async () => {
    const dir = await freshDir();
    await (await open(dir, newer)).store.update((value) => ({ ...value, colour: 'blue' }));
    const { store, prove } = await open(dir, newer, true);
    await store.update((value) => ({ ...value, colour: 'red' }));
    await prove();
    expect((await open(dir, newer)).store.read().colour).toBe('red');
  });
});

describe('settings of version 1', () => {
  /** As a machine of version 1 wrote them. */
  const v1: Format<unknown> = {
    version: 1,
    schema: z.strictObject({
      claim: settingsFormat.schema instanceof z.ZodObject ? settingsFormat.schema.shape.claim : z.never(),
      keys: z.array(z.unknown()),
      network: z.strictObject({
        intent: z.strictObject({ ssid_hex: z.string(), hidden: z.boolean() }).nullable(),
      }),
    }),
    initial: { claim: settingsFormat.initial.claim, keys: [], network: { intent: null } },
    migrations: [],
  };
  const parts = { clock: new FakeClock(), log: memoryLog() };
  it.each([{ intent: null }, { intent: { ssid_hex: 'c3a9', hidden: true } }])(
    'come up, and go back while it is on trial: %j',
    async (network) => {
      const dir = await freshDir();
      await (await open(dir, v1)).store.update((all) => ({ ...(all as object), network }));
      const { store } = await openSettings(dir, { ...parts, onTrial: true });
      expect(store.read()).toMatchObject({ network, update: { automatic: true, postponed_until: null } });
      await store.update((all) => ({ ...all, claim: { ...all.claim } }));
      expect((await open(dir, v1)).store.read()).toMatchObject({ network });
      const update = { automatic: false, postponed_until: null };
      await expect(store.update((all) => ({ ...all, update }))).rejects.toMatchObject({
        code: 'update_on_trial',
      });
      const after = await openSettings(dir, parts);
      await after.store.update((all) => ({ ...all, update }));
      expect((await openSettings(dir, parts)).store.read().update).toEqual(update);
    },
  );
});

describe('settings of version 2', () => {
  it('come up without engines, and an engine waits until the version has proven itself', async () => {
    const dir = await freshDir();
    const { engines: _, ...v2 } = settingsFormat.initial;
    const format: Format<unknown> = { version: 2, schema: z.unknown(), initial: v2, migrations: [] };
    await (await open(dir, format)).store.update((all) => ({ ...(all as object) }));
    const parts = { clock: new FakeClock(), log: memoryLog() };
    const { store } = await openSettings(dir, { ...parts, onTrial: true });
    expect(store.read()).toEqual(settingsFormat.initial);
    const engine = { name: 'box', kind: 'ollama', origin: 'http://127.0.0.1:11434', has_key: false } as const;
    await expect(store.update((all) => ({ ...all, engines: [engine] }))).rejects.toMatchObject({
      code: 'update_on_trial',
    });
    expect((await open(dir, format)).store.read()).toEqual(v2);
    const after = await openSettings(dir, parts);
    await after.store.update((all) => ({ ...all, engines: [engine] }));
    expect((await openSettings(dir, parts)).store.read().engines).toEqual([engine]);
  });
});
