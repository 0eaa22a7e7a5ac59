/**
 * Tries damaged model headers, and the costliest one that passes every bound. The same seed tries the same headers.
 * A process of its own, so that the memory it is judged by is the gate's.
 */
import { damagedHeader, judgeDamaged } from '@b3iq/device/src/models/gate/fixtures/damaged.ts';
import { ggufFile, list } from '@b3iq/device/src/models/gate/fixtures/gguf.ts';
import { headerOf } from '@b3iq/device/src/models/gate/header.ts';
import fc from 'fast-check';
import { taskOf } from '../harness/messages.ts';

export interface FuzzTask {
  readonly count: number;
  readonly seed: number;
}
export interface FuzzAnswer extends Omit<FuzzTask, 'count'> {
  readonly tried: number;
  /** Headers that made it throw what is no refusal. */
  readonly crashes: number;
  readonly cpuS: number;
  /** Processor time of one header; the slowest pay for a garbage collection. */
  readonly slowestMs: number;
  readonly growthBytes: number;
  readonly outcomes: readonly (readonly [string, number])[];
  readonly worstBytes: number;
  readonly worstMs: number;
  readonly worstGrowthBytes: number;
}

/** As many as are tried between two looks at the memory. */
const STRIDE = 5_000;
const { count, seed } = await taskOf<FuzzTask>();

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

const outcomes = new Map<string, number>();
let slowestMs = 0;
let tried = 0;
let before = 0;
let most = 0;
const start = cpuMs();
const result = fc.check(
  fc.property(damagedHeader, (damaged) => {
    const began = cpuMs();
    const outcome = judgeDamaged(damaged);
    slowestMs = Math.max(slowestMs, cpuMs() - began);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    tried += 1;
    if (tried % STRIDE !== 0) return;
    const rss = process.memoryUsage.rss();
    if (before === 0) before = rss; // once everything is warm
    most = Math.max(most, rss);
  }),
  { numRuns: count, seed },
);
if (result.failed) process.stderr.write(`${fc.defaultReportMessage(result)}\n`);
const cpuS = (cpuMs() - start) / 1_000;

// A header of the greatest length, full of the shortest texts: all the work a file can make.
const texts = Buffer.alloc(7_999_900 * 8);
const worst = ggufFile({ keys: [['a', list(8, [texts], 7_999_900n)]] });
const rssBefore = process.memoryUsage.rss();
const began = cpuMs();
headerOf(worst, { windowBytes: 256 * 1024 });
const worstMs = cpuMs() - began;

process.send?.({
  tried,
  seed,
  crashes: result.failed ? 1 : 0,
  cpuS,
  slowestMs,
  growthBytes: Math.max(0, most - before),
  outcomes: [...outcomes].sort((a, b) => b[1] - a[1]),
  worstBytes: worst.length,
  worstMs,
  worstGrowthBytes: Math.max(0, process.memoryUsage.rss() - rssBefore),
} satisfies FuzzAnswer);
process.disconnect();
