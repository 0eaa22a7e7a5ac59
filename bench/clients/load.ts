/** Closed-loop load: `connections` callers, each asks again when it has its answer. Own process, so that it costs the server nothing. */
import { Pool } from 'undici';
import { taskOf } from '../harness/messages.ts';

export interface LoadTask {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
}
export interface LoadAnswer {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
}

const { origin, headers: given, connections, seconds } = await taskOf<LoadTask>();
const pool = new Pool(origin, { connections, pipelining: 1 });
const body = JSON.stringify({
  model: 'bench',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'y'.repeat(120) }],
});
const headers = { 'content-type': 'application/json', host: '127.0.0.1', ...given };
/** A long run must not keep every delay: the newest are enough for a median. */
const KEPT = 100_000;
const delays = new Float64Array(KEPT);
let requests = 0;

async function call(): Promise<void> {
  const start = performance.now();
  const answer = await pool.request({ method: 'POST', path: '/v1/chat/completions', headers, body });
  const bytes = await answer.body.arrayBuffer();
  if (answer.statusCode !== 200)
    throw new Error(`status ${answer.statusCode}: ${Buffer.from(bytes).toString().slice(0, 200)}`);
  delays[requests % KEPT] = performance.now() - start;
  requests += 1;
}
async function caller(end: number): Promise<void> {
  while (performance.now() < end) await call();
}
const start = performance.now();
await Promise.all(Array.from({ length: connections }, () => caller(start + seconds * 1_000)));
const elapsedS = (performance.now() - start) / 1_000;
const seen = delays.subarray(0, Math.min(requests, KEPT)).sort();
process.send?.({
  requests,
  perSecond: requests / elapsedS,
  p50Ms: seen[seen.length >> 1] ?? Number.NaN,
} satisfies LoadAnswer);
await pool.close();
process.disconnect();
