/**
 * The governed endpoint beside a raw pass-through and the mock itself, interleaved in one run; medians and ratios.
 * Each server is pinned to one core and everything else to the others, where `taskset` is there.
 */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus } from 'node:os';
import type { Cost, FromServer, Listening } from './messages.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const file = (name: string) => new URL(name, import.meta.url).pathname;
const children: ChildProcess[] = [];
process.once('exit', () => {
  for (const child of children) child.kill();
});

interface Target {
  readonly name: string;
  readonly child: ChildProcess;
  readonly origin: string;
  readonly secret: string;
}
interface Reading {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly cpuUs: number;
  readonly rssBytes: number;
}

function pin(child: ChildProcess, core: number): void {
  try {
    execFileSync('taskset', ['-a', '-cp', String(core % availableParallelism()), String(child.pid)], {
      stdio: 'ignore',
    });
  } catch {
    // No taskset here: the ratios stand, only noisier.
  }
}
/** The next message of a child. @throws when it ends instead: a benchmark that waits for the dead never ends */
async function messageOf<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController();
  const onExit = (code: number | null) => ended.abort(new Error(`a process ended with ${code}`));
  child.once('exit', onExit);
  try {
    const [message] = await once(child, 'message', { signal: ended.signal });
    return message as T; // each script here sends one kind of message at a time
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    child.off('exit', onExit);
  }
}
async function serve(
  name: string,
  script: string,
  core: number,
  args: readonly string[] = [],
): Promise<Target> {
  const child = fork(file(script), [...args]);
  children.push(child);
  const listening = await messageOf<Listening>(child);
  pin(child, core);
  return { name, child, origin: `http://127.0.0.1:${listening.port}`, secret: listening.secret ?? 'none' };
}
async function costOf({ child }: Target): Promise<Cost> {
  child.send('cost');
  const cost = await messageOf<FromServer>(child);
  if (cost.kind !== 'cost') throw new Error('expected a cost');
  return cost;
}
async function measure(target: Target, connections: number, seconds: number): Promise<Reading> {
  const before = await costOf(target);
  const child = fork(file('load.ts'), [target.origin, target.secret, String(connections), String(seconds)]);
  pin(child, 1);
  const load = await messageOf<{ requests: number; perSecond: number; p50Ms: number }>(child);
  await once(child, 'exit');
  const after = await costOf(target);
  return {
    perSecond: load.perSecond,
    p50Ms: load.p50Ms,
    cpuUs: (after.cpuUs - before.cpuUs) / load.requests,
    rssBytes: after.rssBytes,
  };
}
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const mock = await serve('mock, direct', 'mock.ts', 1);
const targets = [
  mock,
  await serve('raw pass-through', 'raw.ts', 0, [mock.origin]),
  await serve('B3IQ endpoint', 'governed.ts', 0, [mock.origin]),
];
const many = new Map<string, Reading[]>(targets.map(({ name }) => [name, []]));
const one = new Map<string, Reading[]>(targets.map(({ name }) => [name, []]));
for (const target of targets) await measure(target, 32, 2); // warm
for (let round = 0; round < ROUNDS; round += 1)
  for (const target of targets) {
    many.get(target.name)?.push(await measure(target, 32, SECONDS));
    one.get(target.name)?.push(await measure(target, 1, SECONDS / 2));
  }
for (const child of children) child.kill();

const row = (name: string) => {
  const [atMany, atOne] = [many.get(name) ?? [], one.get(name) ?? []];
  return {
    perSecond: median(atMany.map((r) => r.perSecond)),
    cpuUs: median(atMany.map((r) => r.cpuUs)),
    p50Us: median(atOne.map((r) => r.p50Ms)) * 1_000,
    rssMiB: median(atMany.map((r) => r.rssBytes)) / 1_048_576,
  };
};
console.log(
  `Node ${process.version}, ${cpus()[0]?.model.trim()}, ${ROUNDS} rounds of ${SECONDS} s, interleaved, medians\n`,
);
console.log('| variant | requests/s @32 | CPU µs/request | p50 µs @1 | memory MiB |\n|---|---|---|---|---|');
for (const { name } of targets) {
  const { perSecond, cpuUs, p50Us, rssMiB } = row(name);
  console.log(
    `| ${name} | ${Math.round(perSecond)} | ${cpuUs.toFixed(0)} | ${p50Us.toFixed(0)} | ${rssMiB.toFixed(0)} |`,
  );
}
const [governed, raw, direct] = [row('B3IQ endpoint'), row('raw pass-through'), row('mock, direct')];
console.log(
  `\nB3IQ ÷ raw: ${(governed.perSecond / raw.perSecond).toFixed(2)} of the requests, ${(governed.cpuUs / raw.cpuUs).toFixed(2)} × the CPU; ${((governed.p50Us - direct.p50Us) / 1_000).toFixed(2)} ms added at p50 over direct.`,
);
