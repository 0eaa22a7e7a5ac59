/**
 * Asks NVIDIA's own tool for its cards. Separate because on most machines it is not there, which is no fault, and on
 * one with a failing card it may never come back.
 */
import { execa } from 'execa';
import { oneAtATime } from '../../bounded.ts';
import type { ReadGpus } from '../port.ts';
import { nvidiaFields, parseNvidiaSmi } from './parse.ts';

/** Without persistence mode the driver is loaded for the call: a second or two a card. */
const LIMIT_MS = 5_000;
/** A line is about 150 bytes. */
const MAX_OUTPUT_BYTES = 64 * 1024;
/** "A supplied argument or flag is invalid": the driver does not know a field. @see nvidia-smi(1), RETURN VALUE */
const INVALID_ARGUMENT = 2;

/** "The GPU has fallen off the bus or has otherwise become inaccessible": it tells of the others. @see the same */
const GPU_IS_LOST = 15;

/** Where it is not there it is looked for again after so long: starting a program, even in vain, holds up this thread. */
const ABSENT_FOR_MS = 10 * 60_000;

/** @param program  a path, or a name found on the PATH */
export function nvidiaSmi(
  program = 'nvidia-smi',
  {
    limitMs = LIMIT_MS,
    absentForMs = ABSENT_FOR_MS,
  }: { readonly limitMs?: number; readonly absentForMs?: number } = {},
): ReadGpus {
  let absentSinceMs = Number.NEGATIVE_INFINITY;
  const ask = (reasons: Parameters<typeof nvidiaFields>[0]) =>
    execa(program, [`--query-gpu=${nvidiaFields(reasons).join(',')}`, '--format=csv,noheader,nounits'], {
      env: { LC_ALL: 'C' },
      stdin: 'ignore',
      stderr: 'ignore',
      timeout: limitMs,
      // SIGTERM first; a tool that waits for its driver hears neither, and `oneAtATime` keeps it to one.
      forceKillAfterDelay: 500,
      maxBuffer: MAX_OUTPUT_BYTES,
      reject: false,
    });
  return oneAtATime(async () => {
    if (performance.now() - absentSinceMs < absentForMs) return undefined;
    let result = await ask('clocks_event_reasons');
    if (result.code === 'ENOENT') absentSinceMs = performance.now();
    // Drivers before 535 know the field by its old name alone.
    if (result.exitCode === INVALID_ARGUMENT) result = await ask('clocks_throttle_reasons');
    if (!result.failed) return parseNvidiaSmi(result.stdout);
    const others = result.exitCode === GPU_IS_LOST ? parseNvidiaSmi(result.stdout) : [];
    return others.length > 0 ? others : undefined; // without a line nobody knows which one is lost
  }, limitMs + 1_000);
}
