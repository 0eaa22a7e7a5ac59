/** The event that says a stream broke off, in the shape of its path. Separate because each of the three shapes has its own. Pure. */
import type { InferencePath } from '../engine/port.ts';
import type { CodedError } from '../errors.ts';
import { anthropicError } from './anthropic-error.ts';
import { openAiError } from './openai-error.ts';

/** One event, blank line included. */
export function errorFrame(error: CodedError, path: InferencePath): string {
  if (path === '/v1/messages') return named(anthropicError(error));
  if (path !== '/v1/responses') return `data: ${JSON.stringify(openAiError(error))}\n\n`;
  const { error: inner } = openAiError(error);
  // The shape of the event has no `error`; OpenAI's clients throw when there is one, and would take a broken answer for
  // a whole one without.
  const { message, code, param } = inner;
  return named({ type: 'error', code, message, param, sequence_number: 0, error: inner });
}

function named(event: object): string {
  return `event: error\ndata: ${JSON.stringify(event)}\n\n`;
}
