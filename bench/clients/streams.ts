/**
 * Many streams at once, each read to its end and opened again: when its first frame came, how late each frame was, and
 * whether the bytes are those the engine hashed. Own process, so that reading costs the server nothing.
 */
import { createHash } from 'node:crypto';
import { Pool } from 'undici';
import { taskOf } from '../harness/messages.ts';

export interface StreamsTask {
  readonly origin: string;
  readonly secret: string;
  readonly streams: number;
  readonly seconds: number;
  /** ms over which the first ones are opened, so that they do not beat in time. */
  readonly spreadMs: number;
}
export interface StreamsAnswer {
  /** Streams read to their end. */
  readonly whole: number;
  /** Frames that are missing or too many, over all streams. */
  readonly framesLost: number;
  /** Streams whose bytes are not those that were sent. */
  readonly changed: number;
  /** Streams that did not end as they should. */
  readonly broken: number;
  readonly frames: number;
  readonly firstMs: readonly number[];
  readonly delayMs: readonly number[];
}

const task = await taskOf<StreamsTask>();
const pool = new Pool(task.origin, { pipelining: 1, bodyTimeout: 0, headersTimeout: 0 });
const body = JSON.stringify({
  model: 'bench',
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'y'.repeat(120) }],
});
const headers = {
  'content-type': 'application/json',
  host: '127.0.0.1',
  authorization: `Bearer ${task.secret}`,
};
const firstMs: number[] = [];
const delayMs: number[] = [];
const counts = { whole: 0, framesLost: 0, changed: 0, broken: 0, frames: 0 };
const SENT_AT = Buffer.from('"sent_at_us":');

async function stream(): Promise<void> {
  const start = performance.now();
  const answer = await pool.request({ method: 'POST', path: '/v1/chat/completions', headers, body });
  if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}: ${await answer.body.text()}`);
  const hash = createHash('sha256');
  let rest: Buffer = Buffer.alloc(0);
  let seen = 0;
  let isWhole = false;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    const nowUs = performance.timeOrigin * 1_000 + performance.now() * 1_000;
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf('\n\n'); end !== -1; end = rest.indexOf('\n\n')) {
      const frame = rest.subarray(0, end + 2);
      rest = rest.subarray(end + 2);
      const at = frame.indexOf(SENT_AT);
      if (at !== -1) {
        if (seen === 0) firstMs.push(performance.now() - start);
        delayMs.push((nowUs - Number.parseInt(frame.toString('latin1', at + SENT_AT.length), 10)) / 1_000);
        hash.update(frame);
        seen += 1;
        continue;
      }
      const data = frame.toString('utf8').slice(6).trim();
      if (data === '[DONE]') isWhole = true;
      else {
        const last = JSON.parse(data) as { readonly frames: number; readonly sha256: string }; // the engine's own last frame
        counts.framesLost += Math.abs(last.frames - seen);
        if (last.sha256 !== hash.digest('hex')) counts.changed += 1;
      }
    }
  }
  counts.frames += seen;
  if (isWhole) counts.whole += 1;
  else counts.broken += 1;
}

const end = performance.now() + task.spreadMs + task.seconds * 1_000;
await Promise.all(
  Array.from({ length: task.streams }, async (_, i) => {
    await new Promise((resolve) => setTimeout(resolve, (task.spreadMs * i) / task.streams));
    while (performance.now() < end)
      await stream().catch((error: unknown) => {
        counts.broken += 1;
        if (counts.broken === 1) process.stderr.write(`first broken stream: ${error}\n`);
      });
  }),
);
/** Enough for a percentile, and bounded for the channel. */
const sample = (values: number[]): number[] => {
  const step = Math.max(1, Math.ceil(values.length / 50_000));
  return values.filter((_, i) => i % step === 0);
};
process.send?.({ ...counts, firstMs: sample(firstMs), delayMs: sample(delayMs) } satisfies StreamsAnswer);
await pool.close();
process.disconnect();
