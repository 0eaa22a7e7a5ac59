/** Closed-loop load: `connections` callers, each asks again when it has its answer. Own process, so that it costs the server nothing. */
import { Pool } from 'undici';

const [origin = '', secret = '', connections = '1', seconds = '1'] = process.argv.slice(2);
const callers = Number(connections);
const pool = new Pool(origin, { connections: callers, pipelining: 1 });
const body = JSON.stringify({
  model: 'bench',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'y'.repeat(120) }],
});
const headers = { 'content-type': 'application/json', host: '127.0.0.1', authorization: `Bearer ${secret}` };
const delays: number[] = [];

async function call(): Promise<void> {
  const start = performance.now();
  const answer = await pool.request({ method: 'POST', path: '/v1/chat/completions', headers, body });
  await answer.body.arrayBuffer();
  if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
  delays.push(performance.now() - start);
}
async function caller(end: number): Promise<void> {
  while (performance.now() < end) await call();
}
const start = performance.now();
await Promise.all(Array.from({ length: callers }, () => caller(start + Number(seconds) * 1_000)));
const elapsedS = (performance.now() - start) / 1_000;
delays.sort((a, b) => a - b);
process.send?.({
  requests: delays.length,
  perSecond: delays.length / elapsedS,
  p50Ms: delays[delays.length >> 1],
});
await pool.close();
process.disconnect();
