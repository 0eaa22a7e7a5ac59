/** A release in a web folder. Only transport: nothing that comes from here is believed before its signature or hash. */
import { Readable } from 'node:stream';
import { UPDATE_MANIFEST_FILE } from '@b3iq/wire';
import { Agent, type Dispatcher, request } from 'undici';
import { MAX_ENVELOPE_BYTES } from '../../../update/disk/keys.ts';
import { type Source, SourceError } from '../port.ts';
import { plainName } from './name.ts';

/** A server that says nothing for so long is not there. Bodies too: a line that stands still is interrupted, and resumed. */
const SILENCE_MS = 30_000;
/** A release may have moved, but not in circles. */
const MAX_REDIRECTS = 5;

/** @param base  `http:` or `https:`, with or without a slash at its end */
export function httpSource(base: string, options: { readonly silenceMs?: number } = {}): Source {
  const silence = options.silenceMs ?? SILENCE_MS;
  const dispatcher = new Agent({
    connect: { timeout: silence },
    headersTimeout: silence,
    bodyTimeout: silence,
    // One file after another.
    connections: 1,
  });
  const folder = new URL(base.endsWith('/') ? base : `${base}/`);
  const get = async (
    file: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> => {
    let url = new URL(plainName(file), folder);
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      let answer: Dispatcher.ResponseData;
      try {
        answer = await request(url.href, { dispatcher, headers, signal });
      } catch (cause) {
        throw new SourceError('no-connection', 'the server did not answer', { cause });
      }
      if (answer.statusCode < 300 || answer.statusCode >= 400) return answer;
      await answer.body.dump();
      const location = answer.headers.location;
      const next = typeof location === 'string' ? URL.parse(location, url.href) : null;
      // Never from https to http: a redirect must not take away what the image asked for.
      if (
        next === null ||
        !(next.protocol === 'https:' || (next.protocol === 'http:' && url.protocol === 'http:'))
      )
        throw new SourceError('refused', 'the server redirects to where updates do not come from');
      url = next;
    }
    throw new SourceError('refused', 'the server redirects in circles');
  };
  return {
    from: 'url',
    async manifest(signal) {
      const { statusCode, body } = await get(UPDATE_MANIFEST_FILE, {}, signal);
      if (statusCode === 404) {
        await body.dump();
        return undefined;
      }
      if (statusCode !== 200) throw await refusal(statusCode, body);
      const parts: Uint8Array[] = [];
      let length = 0;
      try {
        for await (const part of body as AsyncIterable<Uint8Array>) {
          // undici gives Buffers
          length += part.length;
          if (length > MAX_ENVELOPE_BYTES) break;
          parts.push(part);
        }
      } catch (cause) {
        throw new SourceError('no-connection', 'the answer was cut short', { cause });
      }
      if (length > MAX_ENVELOPE_BYTES) throw new SourceError('refused', 'the manifest is too large');
      return Buffer.concat(parts).toString('utf8');
    },
    async open(file, offset, signal) {
      const headers: Record<string, string> = offset > 0 ? { range: `bytes=${offset}-` } : {};
      const { statusCode, body, headers: answered } = await get(file, headers, signal);
      if (statusCode === 200) return { offset: 0, body: Readable.from(body) };
      if (statusCode === 206 && startOf(answered['content-range']) === offset)
        return { offset, body: Readable.from(body) };
      if (statusCode === 416 && offset > 0) {
        await body.dump();
        return this.open(file, 0, signal); // what is here is longer than what is there
      }
      throw await refusal(statusCode, body);
    },
  };
}

async function refusal(statusCode: number, body: Dispatcher.ResponseData['body']): Promise<SourceError> {
  await body.dump().catch(() => {}); // only to free the connection
  // A server that is overloaded or behind a sick gateway is as good as not there.
  return new SourceError(
    statusCode >= 500 ? 'no-connection' : 'refused',
    `the server answered ${statusCode}`,
  );
}

/** The first byte of `bytes 200-999/1000`. @see RFC 9110 §14.4 */
function startOf(header: string | string[] | undefined): number | undefined {
  const first =
    typeof header === 'string' ? /^bytes (\d{1,15})-\d{1,15}\/(?:\d{1,15}|\*)$/.exec(header)?.[1] : undefined;
  return first === undefined ? undefined : Number(first);
}
