/**
 * Tries damaged model headers, a million unless told otherwise, and the costliest one that passes every bound.
 * `node bench/header-gate.ts [count] [seed]`; the same seed tries the same headers. Ends with 1 when one crashes, takes
 * longer than its bound, or leaves memory behind.
 */

import { damagedHeader, judgeDamaged } from '@b3iq/device/src/models/gate/fixtures/damaged.ts';
import { ggufFile, list } from '@b3iq/device/src/models/gate/fixtures/gguf.ts';
import { headerOf } from '@b3iq/device/src/models/gate/header.ts';
import fc from 'fast-check';

const COUNT = Number(process.argv[2] ?? 1_000_000);
const SEED = Number(process.argv[3] ?? 1);
/** Processor time of one header of a few kilobytes. The slowest pay for a garbage collection. */
const MOST_MS = 250;
const MOST_GROWTH_BYTES = 256 * 1024 * 1024;
/** As many as are tried between two looks at the memory. */
const STRIDE = 10_000;

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};
const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;

const outcomes = new Map<string, number>();
const slowest: number[] = [];
let tried = 0;
let before = 0;
let most = 0;
const start = cpuMs();
fc.assert(
  fc.property(damagedHeader, (damaged) => {
    const began = cpuMs();
    const outcome = judgeDamaged(damaged);
    const ms = cpuMs() - began;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (ms > (slowest[0] ?? -1)) slowest.unshift(ms);
    tried += 1;
    if (tried % STRIDE !== 0) return;
    const rss = process.memoryUsage.rss();
    if (before === 0) before = rss; // once everything is warm
    most = Math.max(most, rss);
    if (process.stderr.isTTY) process.stderr.write(`\r${tried}`);
  }),
  { numRuns: COUNT, seed: SEED },
);
const seconds = (cpuMs() - start) / 1_000;
const growth = most - before;

console.log(`${tried} damaged headers (seed ${SEED}) in ${seconds.toFixed(1)} s of processor time, no crash`);
console.log(`slowest ${(slowest[0] ?? 0).toFixed(1)} ms; memory grew by ${mebibytes(growth)}`);
for (const [outcome, count] of [...outcomes].sort((a, b) => b[1] - a[1]))
  console.log(String(count).padStart(9), outcome);

// A header of the greatest length, full of the shortest texts: all the work a file can make.
const texts = Buffer.alloc(7_999_900 * 8);
const worst = ggufFile({ keys: [['a', list(8, [texts], 7_999_900n)]] });
const rssBefore = process.memoryUsage.rss();
const began = cpuMs();
headerOf(worst, { windowBytes: 256 * 1024 });
const worstMs = cpuMs() - began;
const worstGrowth = Math.max(0, process.memoryUsage.rss() - rssBefore);
console.log(
  `costliest header that passes: ${mebibytes(worst.length)}, ${worstMs.toFixed(0)} ms, memory grew by ${mebibytes(worstGrowth)}`,
);
const isBounded =
  (slowest[0] ?? 0) <= MOST_MS && growth <= MOST_GROWTH_BYTES && worstGrowth <= MOST_GROWTH_BYTES;
process.exitCode = isBounded ? 0 : 1;
