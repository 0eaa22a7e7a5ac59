import { spawn } from 'node:child_process';
import { chmod, mkdtemp, open, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryLog } from '../../os/log.ts';
import { historyContract, MINUTE, testSample } from './contract.ts';
import { RECORD_BYTES } from './record.ts';
import { openHistory, RING_BYTES, Ring } from './ring.ts';
import { HISTORY_MINUTES } from './types.ts';

let dir: string;
let count = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'b3iq-history-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));
const fresh = () => join(dir, `health-${count++}.ring`);

describe('the history in memory', () => {
  historyContract(async () => new Ring());
});

describe('the history on disk', () => {
  historyContract(() => openHistory(fresh(), memoryLog()));

  it('is there again after a restart, for this user alone, and never larger than it was announced', async () => {
    const path = fresh();
    const history = await openHistory(path, memoryLog());
    for (let minute = MINUTE; minute < MINUTE + HISTORY_MINUTES + 5; minute += 997)
      await history.append(testSample(minute));
    await history.append(testSample(MINUTE + 5 * HISTORY_MINUTES));
    await history.forgetAfter(MINUTE + 2 * HISTORY_MINUTES);
    const before = history.between(0, MINUTE + 2 * HISTORY_MINUTES);
    await history.close();
    const { size, mode } = await stat(path);
    expect(mode & 0o777).toBe(0o600);
    expect(size).toBeLessThanOrEqual(RING_BYTES);
    expect(RING_BYTES).toBe(2_580_480);
    const again = await openHistory(path, memoryLog());
    expect(again.newestMinute()).toBeLessThan(MINUTE + 2 * HISTORY_MINUTES);
    expect(again.between(0, MINUTE + 2 * HISTORY_MINUTES)).toEqual(before);
    await again.close();
  });

  it('has every minute that was reported as kept when the process is killed', async () => {
    const path = fresh();
    const child = spawn(process.execPath, [new URL('./kill-child.ts', import.meta.url).pathname, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let heard = '';
    for await (const part of child.stdout) {
      heard += String(part);
      if (heard.split('\n').length > 40) child.kill('SIGKILL');
    }
    const kept = heard.split('\n').slice(0, -1).map(Number);
    expect(kept.length).toBeGreaterThanOrEqual(40);
    const history = await openHistory(path, memoryLog());
    const found = new Set(history.between(0, MINUTE + HISTORY_MINUTES - 1).map(({ minute }) => minute));
    expect(kept.filter((minute) => !found.has(minute))).toEqual([]);
    await history.close();
  });

  it('drops a record that was torn, changed or put elsewhere, and no other', async () => {
    const path = fresh();
    const history = await openHistory(path, memoryLog());
    for (let i = 0; i < 5; i++) await history.append(testSample(MINUTE + i));
    await history.close();
    const at = (minute: number) => (minute % HISTORY_MINUTES) * RECORD_BYTES;
    const file = await open(path, 'r+');
    await file.write(Buffer.alloc(128), 0, 128, at(MINUTE) + 128); // the second half never came
    await file.write(Buffer.from([0x7f]), 0, 1, at(MINUTE + 1) + 13);
    const whole = await readFile(path);
    await file.write(whole, at(MINUTE + 4), RECORD_BYTES, at(MINUTE + 2));
    await file.close();
    const again = await openHistory(path, memoryLog());
    const minutes = again.between(0, MINUTE + 10).map(({ minute }) => minute);
    expect(minutes).toEqual([MINUTE, MINUTE + 3, MINUTE + 4]);
    await again.close();
  });

  it('goes on without a disk, and says so once', async () => {
    const log = memoryLog();
    const history = await openHistory(join(dir, 'no', 'such', 'folder'), log);
    await history.append(testSample(MINUTE));
    expect(history.between(0, MINUTE)).toHaveLength(1);
    await history.close();
    expect(log.lines.filter((line) => line.includes('health.history_unread'))).toHaveLength(1);

    const full = await openHistory('/dev/full', log);
    await full.append(testSample(MINUTE));
    await full.append(testSample(MINUTE + 1));
    expect(full.between(0, MINUTE + 1)).toHaveLength(2);
    await full.close();
    expect(log.lines.filter((line) => line.includes('health.history_unwritten'))).toHaveLength(1);
  });

  it('takes any other file for an empty one, and follows no link', async () => {
    const path = fresh();
    await writeFile(path, 'not a ring'.repeat(100_000));
    const history = await openHistory(path, memoryLog());
    expect(history.newestMinute()).toBeUndefined();
    await history.close();
    const link = fresh();
    const target = fresh();
    await writeFile(target, 'precious');
    await chmod(target, 0o600);
    await symlink(target, link);
    const other = await openHistory(link, memoryLog());
    await other.append(testSample(MINUTE));
    await other.close();
    expect(await readFile(target, 'utf8')).toBe('precious');
  });
});
