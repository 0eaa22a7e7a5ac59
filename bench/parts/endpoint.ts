/** What a call costs with everything on, beside nginx, a raw pass-through and another gateway with nothing on. */
import { once } from 'node:events';
import type { LoadAnswer } from '../clients/load.ts';
import { benchMachine } from '../harness/identity.ts';
import {
  CORES,
  costOf,
  end,
  messageOf,
  type Server,
  startScript,
  startServer,
} from '../harness/processes.ts';
import { type Goal, median, type PartReport } from '../harness/report.ts';
import { shipped } from '../harness/shipped.ts';
import type { GovernedTask } from '../servers/governed.ts';
import { type Peer, startNginx, startPortkey } from '../servers/peers.ts';

interface Target extends Peer {
  readonly name: string;
}
interface Reading {
  readonly perSecond: number;
  readonly p50Us: number;
  readonly cpuUs: number;
  readonly rssMiB: number;
}
const MIB = 1_048_576;
const NO_NGINX =
  'nginx is not installed here, so its row and its goal are missing: `apt-get install nginx-light`, or any nginx in PATH.';

export async function endpointPart(isShort: boolean): Promise<PartReport> {
  const [rounds, seconds, soakMinutes] = isShort ? [1, 1, 0] : [5, 4, 10];
  const machine = await benchMachine();
  const mock = await startServer('servers/mock.ts', {}, CORES.upstream);
  const nginx = await startNginx(mock.origin);
  const governed = await startGoverned(mock, machine);
  const targets: readonly Target[] = [
    { name: 'mock, direct', headers: {}, ...mock },
    ...(nginx === undefined ? [] : [{ name: 'nginx', ...nginx }]),
    { name: 'raw', headers: {}, ...(await startServer(await shipped('servers/raw.ts'), mock, CORES.server)) },
    { name: 'Portkey 1.15.2', ...(await startPortkey(mock.origin)) },
    { name: 'B3IQ', ...governed },
  ];
  const many = new Map<string, Reading[]>();
  const one = new Map<string, Reading[]>();
  for (const target of targets) await measure(target, 32, isShort ? 1 : 3); // warm
  for (let round = 0; round < rounds; round += 1)
    for (const target of targets) {
      keep(many, target.name, await measure(target, 32, seconds));
      keep(one, target.name, await measure(target, 1, seconds / 2));
    }
  const growth = soakMinutes === 0 ? undefined : await soak(governed, soakMinutes);
  for (const { child } of targets) await end(child);
  machine.remove();

  const of = (name: string, values: Map<string, Reading[]>, what: keyof Reading) =>
    median((values.get(name) ?? []).map((reading) => reading[what]));
  const rps = (name: string) => of(name, many, 'perSecond');
  const goal = (what: string, value: number, kind: Goal['kind'], bound: number): Goal => ({
    what,
    value,
    bound,
    kind,
  });
  return {
    title: 'The endpoint beside nginx, a raw pass-through and another gateway',
    how: `What a call costs when everything is on: key, limits, reservation, metering, and a receipt that is on disk before the answer is final. Each server is a process of its own in the form that ships (one bundled file), pinned to one core; the mock engine (400 bytes at once) and the load share the others. The load is closed: 32 callers, then one, each asks again when it has its answer, 0.2 kB in. ${rounds} rounds of ${seconds} s, the variants in turn, medians. CPU is the kernel's count for the whole process, threads included. nginx, raw and Portkey decide nothing and keep nothing.`,
    columns: ['variant', 'requests/s @32', 'CPU µs/request', 'p50 µs @1', 'memory MiB'],
    rows: targets.map(({ name }) => [
      name,
      Math.round(rps(name)),
      Math.round(of(name, many, 'cpuUs')),
      Math.round(of(name, one, 'p50Us')),
      Math.round(of(name, many, 'rssMiB')),
    ]),
    goals: [
      goal('requests ÷ raw', rps('B3IQ') / rps('raw'), 'least', 0.75),
      goal('requests ÷ Portkey', rps('B3IQ') / rps('Portkey 1.15.2'), 'least', 9),
      ...(nginx === undefined ? [] : [goal('requests ÷ nginx', rps('B3IQ') / rps('nginx'), 'least', 0.4)]),
      goal(
        'ms added at p50 over direct',
        (of('B3IQ', one, 'p50Us') - of('mock, direct', one, 'p50Us')) / 1_000,
        'most',
        0.45,
      ),
      goal('memory, MiB', of('B3IQ', many, 'rssMiB'), 'most', 150),
      ...(growth === undefined
        ? []
        : [goal(`memory after ${soakMinutes} minutes ÷ after two`, growth, 'most', 1.1)]),
    ],
    notes: nginx === undefined ? [NO_NGINX] : [],
  };
}

async function startGoverned(
  mock: Server,
  { folder, privateKey, keys, secrets }: Awaited<ReturnType<typeof benchMachine>>,
): Promise<Peer> {
  const task = { engine: { origin: mock.origin }, folder, privateKey, keys, slots: 64, queueLength: 64 };
  const server = await startServer(
    await shipped('servers/governed.ts'),
    task satisfies GovernedTask,
    CORES.server,
  );
  return { ...server, headers: { authorization: `Bearer ${secrets[0]?.secret}` } };
}

function keep(values: Map<string, Reading[]>, name: string, reading: Reading): void {
  values.set(name, [...(values.get(name) ?? []), reading]);
}

async function measure(target: Peer, connections: number, seconds: number): Promise<Reading> {
  const before = costOf(target.child);
  const task = { origin: target.origin, headers: target.headers, connections, seconds };
  const client = startScript('clients/load.ts', task, CORES.client);
  const gone = once(client, 'exit');
  const load = await messageOf<LoadAnswer>(client);
  const after = costOf(target.child);
  await gone;
  return {
    perSecond: load.perSecond,
    p50Us: load.p50Ms * 1_000,
    cpuUs: (after.cpuUs - before.cpuUs) / load.requests,
    rssMiB: after.rssBytes / MIB,
  };
}

/** Load at 32 connections for minutes. @returns memory of the last minute ÷ of the third, each the median of its readings */
async function soak(governed: Peer, minutes: number): Promise<number> {
  const readings: number[] = [];
  const looking = setInterval(() => readings.push(costOf(governed.child).rssBytes), 5_000);
  await measure(governed, 32, minutes * 60);
  clearInterval(looking);
  return median(readings.slice(-12)) / median(readings.slice(24, 36));
}
