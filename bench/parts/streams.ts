/** Hundreds of streams at once: nothing lost, nothing changed, and how much later each part comes. */
import { once } from 'node:events';
import type { StreamsAnswer } from '../clients/streams.ts';
import { benchMachine } from '../harness/identity.ts';
import { CORES, end, messageOf, startScript, startServer } from '../harness/processes.ts';
import { median, type PartReport, percentile } from '../harness/report.ts';
import { shipped } from '../harness/shipped.ts';
import type { GovernedTask } from '../servers/governed.ts';

const STREAMS = 512;
const EVERY_MS = 100;
const FRAMES = 60;

interface Round {
  readonly firstMs: number;
  readonly delayMs: number;
  readonly delayP99Ms: number;
}

export async function streamsPart(isShort: boolean): Promise<PartReport> {
  const [rounds, seconds, frames] = isShort ? [1, 2, 10] : [3, 20, FRAMES];
  const machine = await benchMachine();
  const { folder, privateKey, keys, secrets } = machine;
  const engine = await startServer('servers/streams.ts', { frames, everyMs: EVERY_MS }, CORES.upstream);
  const task = { engine: { origin: engine.origin }, folder, privateKey, keys, slots: 1_024, queueLength: 64 };
  const targets = [
    { name: 'engine, direct', ...engine },
    { name: 'raw', ...(await startServer(await shipped('servers/raw.ts'), engine, CORES.server)) },
    {
      name: 'B3IQ',
      ...(await startServer(await shipped('servers/governed.ts'), task satisfies GovernedTask, CORES.server)),
    },
  ];
  const seen = new Map<string, Round[]>();
  const total = { whole: 0, frames: 0, framesLost: 0, changed: 0, broken: 0 };
  for (let round = 0; round < rounds; round += 1)
    for (const { name, origin } of targets) {
      const answer = await streams(origin, secrets[0]?.secret ?? '', seconds, frames * EVERY_MS);
      if (name === 'B3IQ') {
        total.whole += answer.whole;
        total.frames += answer.frames;
        total.framesLost += answer.framesLost;
        total.changed += answer.changed;
        total.broken += answer.broken;
      }
      seen.set(name, [
        ...(seen.get(name) ?? []),
        {
          firstMs: median(answer.firstMs),
          delayMs: median(answer.delayMs),
          delayP99Ms: percentile(answer.delayMs, 0.99),
        },
      ]);
    }
  for (const { child } of targets) await end(child);
  machine.remove();

  const of = (name: string, what: keyof Round) => median((seen.get(name) ?? []).map((round) => round[what]));
  return {
    title: 'Five hundred streams at once',
    how: `${STREAMS} streams, each ${frames} frames with one every ${EVERY_MS} ms, opened again when read to the end: ${Math.round((STREAMS * 1_000) / EVERY_MS)} frames a second. Each frame says when it was sent; the last says how many there were and the SHA-256 of their bytes, and the reader checks both. ${rounds} rounds of ${seconds} s, in turn, medians of the rounds.`,
    columns: ['variant', 'first frame p50 ms', 'frame delay p50 ms', 'frame delay p99 ms'],
    rows: targets.map(({ name }) => [name, of(name, 'firstMs'), of(name, 'delayMs'), of(name, 'delayP99Ms')]),
    goals: [
      { what: 'frames lost', value: total.framesLost, bound: 0, kind: 'most', isExact: true },
      { what: 'streams with a changed byte', value: total.changed, bound: 0, kind: 'most', isExact: true },
      { what: 'streams that broke', value: total.broken, bound: 0, kind: 'most', isExact: true },
      { what: 'frames read', value: total.frames, bound: 1, kind: 'least', isExact: true },
      {
        what: 'ms added to the first frame, p50',
        value: of('B3IQ', 'firstMs') - of('engine, direct', 'firstMs'),
        bound: 1,
        kind: 'most',
      },
      {
        what: 'ms added to a frame, p50',
        value: of('B3IQ', 'delayMs') - of('engine, direct', 'delayMs'),
        bound: 0.3,
        kind: 'most',
      },
    ],
    notes: [`${total.whole} streams were read to their end through B3IQ.`],
  };
}

async function streams(
  origin: string,
  secret: string,
  seconds: number,
  spreadMs: number,
): Promise<StreamsAnswer> {
  const client = startScript(
    'clients/streams.ts',
    { origin, secret, streams: STREAMS, seconds, spreadMs },
    CORES.client,
  );
  const gone = once(client, 'exit');
  const answer = await messageOf<StreamsAnswer>(client);
  await gone;
  return answer;
}
