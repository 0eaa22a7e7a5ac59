/** A model on a server. Only transport: nothing that comes from here is believed before its hash and its header are judged. */
import { Agent, type Dispatcher, request } from 'undici';
import { judgeAddress } from '../judge.ts';
import { parseContentRange } from '../parse.ts';
import type { Answered } from '../plan.ts';
import { type Source, SourceError } from './port.ts';

/** A server that says nothing for so long is not there; a line that stands still is interrupted, and resumed. */
const SILENCE_MS = 30_000;
/** A file may have moved, but not in circles. */
const MOST_REDIRECTS = 5;

/** @param address  already judged; redirects are judged here */
export function httpSource(
  address: string,
  options: { readonly isLoopbackAllowed: boolean; readonly silenceMs?: number },
): Source {
  const silence = options.silenceMs ?? SILENCE_MS;
  const open: Source['open'] = async (offset, validator, signal) => {
    const dispatcher = new Agent({
      connect: { timeout: silence },
      headersTimeout: silence,
      bodyTimeout: silence,
      connections: 1,
    });
    const end = () => void dispatcher.destroy().catch(() => {}); // it holds nothing we wait for
    try {
      const { statusCode, headers, body } = await follow(dispatcher, offset, validator, signal);
      if (statusCode === 416 && offset > 0) {
        end();
        return await open(0, undefined, signal); // what is here is longer than what is there
      }
      const answered = answerOf(statusCode, headers);
      return { ...answered, body, close: end };
    } catch (cause) {
      end();
      signal.throwIfAborted();
      if (cause instanceof SourceError) throw cause;
      throw new SourceError('no-connection', 'The server did not answer.', { cause });
    }
  };

  async function follow(
    dispatcher: Dispatcher,
    offset: number,
    validator: string | undefined,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    let url = address;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const verdict = judgeAddress(url, options);
      if (verdict.kind === 'refused') throw new SourceError('source-refused', verdict.why);
      const answer = await request(verdict.url.href, {
        dispatcher,
        signal,
        headers: {
          // Compressed on the way, offsets would mean something else.
          'accept-encoding': 'identity',
          'user-agent': 'b3iq',
          ...(offset > 0 && { range: `bytes=${offset}-` }),
          ...(offset > 0 && validator !== undefined && { 'if-range': validator }),
        },
      });
      if (answer.statusCode < 300 || answer.statusCode >= 400) return answer;
      await answer.body.dump();
      const { location } = answer.headers;
      const next = typeof location === 'string' ? URL.parse(location, verdict.url.href) : null;
      if (next === null) throw new SourceError('source-refused', 'The server redirects to nowhere.');
      url = next.href;
    }
    throw new SourceError('source-refused', 'The server redirects in circles.');
  }
  return { open };
}

function answerOf(statusCode: number, headers: Dispatcher.ResponseData['headers']): Answered {
  if (statusCode >= 500 || statusCode === 429)
    throw new SourceError('no-connection', `The server answered ${statusCode}.`);
  if (statusCode === 401 || statusCode === 403)
    throw new SourceError('source-refused', 'The server asks for an account or a permission first.');
  if (statusCode === 404 || statusCode === 410)
    throw new SourceError('source-refused', 'The server has no file there.');
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
    throw new SourceError('source-refused', 'The server sends the file compressed.');
  const validator = strongTag(headers.etag);
  if (statusCode === 206) {
    const range = parseContentRange(headers['content-range']);
    if (range === undefined)
      throw new SourceError('source-refused', 'The server sends a part and does not say which.');
    return { ...range, validator };
  }
  if (statusCode !== 200) throw new SourceError('source-refused', `The server answered ${statusCode}.`);
  const length = headers['content-length'];
  if (typeof length !== 'string' || !/^\d{1,15}$/.test(length))
    throw new SourceError('no-length', 'The server does not say how large the file is.');
  return { offset: 0, totalBytes: Number(length), validator };
}

/** A weak one may stand for two files that differ. @see RFC 9110 §8.8.3 */
const strongTag = (etag: string | string[] | undefined): string | undefined =>
  typeof etag === 'string' && /^"[\x21\x23-\x7e]{0,400}"$/.test(etag) ? etag : undefined;
