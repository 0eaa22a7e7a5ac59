import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { memoryLog } from '../../os/log.ts';
import { FakeUnits } from '../../os/units.ts';
import { type Display, parseDisplay } from '../console/display.ts';
import { Doorkeeper, type Doors } from './doorkeeper.ts';

const closing: Doorkeeper[] = [];
afterEach(async () => {
  for (const keeper of closing.splice(0)) await keeper.close();
});

async function house(runtimeDir?: string) {
  const folder = runtimeDir ?? (await mkdtemp(join(tmpdir(), 'b3iq-doors-')));
  const units = new FakeUnits();
  const log = memoryLog();
  const now = { doors: 'unclaimed' as Doors, state: 'unclaimed' as Display['state'] };
  const opened: string[] = [];
  units.onStart = async () => void opened.push(await readFile(join(folder, 'firewall-state'), 'utf8'));
  const keeper = new Doorkeeper({
    runtimeDir: folder,
    units,
    log,
    doors: () => now.doors,
    display: () => ({
      version: 1,
      name: 'B3IQ-N7K4',
      state: now.state,
      sealed_by: 'self',
      addresses: [],
      hotspot_address: '10.42.0.1',
      fingerprint_sha256: null,
    }),
    lookEveryMs: 60_000,
    retryMs: 0,
  });
  closing.push(keeper);
  return { keeper, units, log, now, opened, folder };
}

test('the firewall follows each change of state once, and reads the state that was meant', async () => {
  const { keeper, now, opened } = await house();
  await keeper.follow();
  await keeper.follow();
  now.doors = 'claimed';
  await keeper.follow();
  expect(opened).toEqual(['unclaimed\n', 'claimed\n']);
});

test('a firewall that would not follow is tried again', async () => {
  const { keeper, units, log } = await house();
  units.fails.add('b3iq-firewall');
  await keeper.follow();
  expect(log.lines.join()).toContain('doors.not_opened');
  units.fails.clear();
  await keeper.follow();
  await keeper.follow();
  expect(units.started).toHaveLength(2);
});

test('changes that come while one is under way are taken in order', async () => {
  const { keeper, now, opened } = await house();
  const first = keeper.follow();
  now.doors = 'claimed';
  await Promise.all([first, keeper.follow()]);
  expect(opened.at(-1)).toBe('claimed\n');
});

test('the console’s file is for every user to read, whole, and follows the state', async () => {
  const { keeper, now, folder } = await house();
  await keeper.follow();
  const path = join(folder, 'display.json');
  expect((await stat(path)).mode & 0o777).toBe(0o644);
  expect(parseDisplay(await readFile(path, 'utf8'))).toMatchObject({ state: 'unclaimed' });
  now.state = 'claimed';
  await keeper.follow();
  expect(parseDisplay(await readFile(path, 'utf8'))).toMatchObject({ state: 'claimed' });
});

test('a runtime folder that is gone stops nobody', async () => {
  const { keeper, log } = await house('/nowhere');
  await keeper.follow();
  expect(log.lines.join()).toContain('display.not_written');
});
