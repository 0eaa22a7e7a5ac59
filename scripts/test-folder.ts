/**
 * Where integration tests keep their files: one folder a run, removed with everything a test left in it.
 * In memory where there is room: tests flush small files by the thousand, and what they prove of order, atomicity and
 * killed processes holds there as well. Only a power cut tells the two apart, and those are cut in `image/test`.
 */
import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Two copies of the appliance's tree, and twice that for whatever else runs. */
const ROOM_BYTES = 2 * 2 ** 30;

/** For Vitest, before any worker starts. @returns what clears away */
export function setup(): () => void {
  const folder = mkdtempSync(join(fits(MEMORY) ? MEMORY : tmpdir(), 'b3iq-tests-'));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Whether programs may be started from there, which tests do, and it has the room. */
function fits(place: string): boolean {
  try {
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .find(([, at]) => at === place);
    const { bavail, bsize } = statfsSync(place);
    return mount?.[3]?.split(',').includes('noexec') === false && bavail * bsize >= ROOM_BYTES;
  } catch {
    return false; // another system
  }
}
