/**
 * Everything that can go wrong here, as one error with an exit status and the sentence a person reads:
 * `what happened. what to do. (code)`. Separate so that a refusal by the agent and one of our own read alike.
 */
import { CodedError, ERRORS, type ErrorCode } from '../errors.ts';
import { EXIT } from './argv/types.ts';
import { printable } from './text/words.ts';

/** The inner part of a native error object. `code` is from the registry, or whatever a foreign server said. */
export interface Trouble {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly code: string;
  /** Seconds from `Retry-After`. */
  readonly retryAfterS?: number;
}

export class CliError extends Error {
  readonly trouble: Trouble;
  readonly exit: number;
  constructor(trouble: Trouble, exit: number, cause?: unknown) {
    super(trouble.detail, { cause });
    this.name = 'CliError';
    this.trouble = trouble;
    this.exit = exit;
  }
}

/** A problem found on this side. @param detail  whole sentences: what happened, what to do */
export function problem(code: ErrorCode, detail?: string, cause?: unknown): CliError {
  const { status, title, remedy } = ERRORS[code];
  const exit = code === 'agent_unreachable' ? EXIT.unreachable : EXIT.refused;
  return new CliError({ status, title, detail: detail ?? `${title}. ${remedy}`, code }, exit, cause);
}

/** The command line itself, or what it names, is not right. */
export function usage(detail: string, cause?: unknown): CliError {
  const { status, title } = ERRORS.invalid_request;
  return new CliError({ status, title, detail, code: 'invalid_request' }, EXIT.usage, cause);
}

/** A refusal by a server, with what its code says one can do, unless the server said it already. */
export function refusal(trouble: Trouble): CliError {
  const remedy = remedyOf(trouble.code);
  const detail = fullStop(trouble.detail || trouble.title || 'The agent refused.');
  const wait = trouble.retryAfterS === undefined ? '' : ` Try again in ${trouble.retryAfterS} s.`;
  return new CliError(
    {
      ...trouble,
      detail: `${detail}${remedy === '' || detail.includes(remedy) ? '' : ` ${remedy}`}${wait}`,
    },
    EXIT.refused,
  );
}

function remedyOf(code: string): string {
  // The answer's own detail is what the row points at.
  if (code === 'invalid_request') return 'Nothing was changed.';
  // The waiting time is said from the header itself.
  return isErrorCode(code) && !ERRORS[code].remedy.includes('Retry-After') ? ERRORS[code].remedy : '';
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);

/** Anything thrown → what is told. Unknown errors are told by name only: their text may quote what was typed. */
export function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof CodedError) return problem(error.code, error.detail, error);
  const name = error instanceof Error ? error.name : 'unknown';
  return problem(
    'internal',
    `Something went wrong in the command line itself (${name}). Run it again with NODE_DEBUG=b3iq-host to see where.`,
    error,
  );
}

/** `what happened. what to do. (code)`, one line, nothing a terminal would act on. */
export function sentence({ detail, code }: Trouble): string {
  return `${printable(fullStop(detail))} (${printable(code)})`;
}

function fullStop(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** An error object in the native shape or in OpenAI's; `undefined` when `body` is neither.
 *  @param status  the HTTP status, which counts when the body says none */
export function readTrouble(
  status: number,
  body: unknown,
  retryAfter: string | undefined,
): Trouble | undefined {
  const error = field(body, 'error');
  const inner = field(error, 'b3iq') ?? error;
  const code = text(field(inner, 'code')) ?? text(field(error, 'type'));
  const detail = text(field(inner, 'detail')) ?? text(field(error, 'message'));
  if (code === undefined || detail === undefined) return undefined;
  const title = text(field(inner, 'title')) ?? '';
  const seconds = /^\d{1,7}$/.test(retryAfter ?? '') ? { retryAfterS: Number(retryAfter) } : {};
  return { status, title, detail: detail.slice(0, 2000), code: code.slice(0, 64), ...seconds };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name] // an own property of an object
    : undefined;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
