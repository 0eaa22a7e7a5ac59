/** Text that comes over a connection, as whole lines. Separate because the unit's news and a stream's events come alike. */
import type { IncomingMessage } from 'node:http';
import { CodedError } from '../../errors.ts';

/** A longer line is none of an engine's. */
const MAX_LINE = 16 * 1024 * 1024;

/** Each line without its end; what follows the last line break is no line. @throws engine_failed for a line without end */
export async function* linesOf(response: IncomingMessage): AsyncGenerator<string, void> {
  response.setEncoding('utf8');
  let rest = '';
  for await (const chunk of response) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw new CodedError('engine_failed');
    yield* lines;
  }
}
