/** Tokens per second through the endpoint and straight from llama-server: the same program, model, flags and questions. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startNative } from '@b3iq/device/src/engine/llama-server/native.ts';
import { serverArguments, serverEnvironment } from '@b3iq/device/src/engine/llama-server/plan.ts';
import { installedModel } from '@b3iq/device/src/models/installed.ts';
import { Pool } from 'undici';
import { benchMachine } from '../harness/identity.ts';
import { end, startServer } from '../harness/processes.ts';
import { median, type PartReport } from '../harness/report.ts';
import type { GovernedTask } from '../servers/governed.ts';

const LLAMA_SERVER = fileURLToPath(new URL('../../.cache/engine/llama-server', import.meta.url));
const SLOTS = 8;
const QUESTIONS = [
  'Does my data leave my machine?',
  'What is a receipt?',
  'How do I make a key?',
  'What does the light mean?',
  'Can I use it without the internet?',
  'Who can read my prompts?',
  'What is the capital of France?',
  'How do I reset the machine?',
];

export async function tokensPart(isShort: boolean): Promise<PartReport> {
  if (!existsSync(LLAMA_SERVER))
    throw new Error('There is no llama-server in .cache/engine. Run `node scripts/install-engine.ts`.');
  const [rounds, seconds] = isShort ? [1, 2] : [5, 15];
  const machine = await benchMachine();
  const { folder, privateKey, keys, secrets } = machine;
  const { model, path } = await installedModel(undefined);
  const socketPath = join(folder, 'native.sock');
  const engineTask = {
    modelId: model.id,
    modelPath: path,
    socketPath,
    contextTokens: model.contextTokens,
    slots: SLOTS,
    threads: Math.max(1, availableParallelism() - 1),
    gpu: false as const,
    cards: null,
  };
  const native = await startNative(
    LLAMA_SERVER,
    serverArguments(engineTask, socketPath, undefined),
    socketPath,
    serverEnvironment(engineTask, folder),
  );
  process.once('exit', () => native.kill()); // also when something below throws
  await native.ready(() => undefined, AbortSignal.timeout(60_000));
  const task: GovernedTask = {
    engine: { llamaServer: LLAMA_SERVER, slots: SLOTS },
    folder,
    privateKey,
    keys,
    slots: SLOTS,
    queueLength: 64,
  };
  const governed = await startServer('servers/governed.ts', task, undefined);
  const targets = [
    { name: 'llama-server', pool: new Pool('http://native', { socketPath }) },
    { name: 'B3IQ', pool: new Pool(governed.origin) },
  ];
  const seen = new Map<string, number[]>();
  const ask = (pool: Pool, streams: number, s: number) =>
    tokensPerSecond(pool, model.id, secrets[0]?.secret ?? '', streams, s);
  for (const { pool } of targets) await ask(pool, SLOTS, 1); // warm
  for (let round = 0; round < rounds; round += 1)
    for (const streams of [1, SLOTS])
      for (const { name, pool } of targets) {
        const key = `${name} ${streams}`;
        seen.set(key, [...(seen.get(key) ?? []), await ask(pool, streams, seconds)]);
      }
  for (const { pool } of targets) await pool.destroy();
  native.kill();
  await native.gone;
  await end(governed.child);
  machine.remove();

  const of = (name: string, streams: number) => median(seen.get(`${name} ${streams}`) ?? []);
  return {
    title: 'Tokens through the endpoint and straight from llama-server',
    how: `The self-test model in Debian's llama-server, asked ${QUESTIONS.length} questions in turn at temperature 0, streamed, by 1 and by ${SLOTS} callers; straight at its own \`/v1/chat/completions\`, and through the endpoint and the adapter. Two processes of the same program with the same flags, never both at work. ${rounds} rounds of ${seconds} s, in turn, medians. The model is tiny, so that everything around it weighs far more here than beside a model people use.`,
    columns: ['variant', 'tokens/s, 1 stream', `tokens/s, ${SLOTS} streams`],
    rows: targets.map(({ name }) => [name, of(name, 1), of(name, SLOTS)]),
    goals: [1, SLOTS].map((streams) => ({
      what: `tokens/s ÷ llama-server, ${streams === 1 ? '1 stream' : `${streams} streams`}`,
      value: of('B3IQ', streams) / of('llama-server', streams),
      bound: 0.98,
      kind: 'least' as const,
    })),
    notes: [],
  };
}

async function tokensPerSecond(
  pool: Pool,
  model: string,
  secret: string,
  streams: number,
  seconds: number,
): Promise<number> {
  const start = performance.now();
  const until = start + seconds * 1_000;
  let tokens = 0;
  let asked = 0;
  await Promise.all(
    Array.from({ length: streams }, async () => {
      while (performance.now() < until) {
        const content = QUESTIONS[asked++ % QUESTIONS.length];
        tokens += await ask(pool, model, secret, content ?? '');
      }
    }),
  );
  return (tokens * 1_000) / (performance.now() - start);
}

/** One streamed answer. @returns its tokens, as the engine counted them */
async function ask(pool: Pool, model: string, secret: string, content: string): Promise<number> {
  const answer = await pool.request({
    method: 'POST',
    path: '/v1/chat/completions',
    // A connection of its own: llama-server closes one that carried a stream, sometimes just when it is used again.
    reset: true,
    headers: {
      'content-type': 'application/json',
      host: '127.0.0.1',
      authorization: `Bearer ${secret}`,
    },
    body: JSON.stringify({
      model,
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      max_tokens: 256,
      messages: [{ role: 'user', content }],
    }),
  });
  const text = await answer.body.text();
  const tokens = /"completion_tokens":\s*(\d+)/.exec(text)?.[1];
  if (answer.statusCode !== 200 || tokens === undefined)
    throw new Error(`status ${answer.statusCode}: ${text.slice(0, 300)}`);
  return Number(tokens);
}
