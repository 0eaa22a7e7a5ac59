/** The one place that turns errors into answers: OpenAI's shape under `/v1`, else the native one (contract: Errors). */
import type { Problem } from '@b3iq/wire/local-api';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { openAiError } from '../endpoint/openai-error.ts';
import { CodedError, ERRORS, errorChain } from '../errors.ts';
import type { Log } from '../os/log.ts';

/** `{error:{status,title,detail,code}}` for an error with a code. */
export function toProblem({ code, detail }: CodedError): Problem {
  const { status, title } = ERRORS[code];
  return { error: { status, title, detail, code } };
}

/**
 * Any thrown thing as an error with a code: our own as they are, a failed schema or a malformed address as
 * `invalid_request`, everything else as `internal`, whose cause only the log sees.
 */
export function toCoded(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  if (error instanceof z.ZodError) return fromSchema(error);
  if (error instanceof URIError) return new CodedError('invalid_request', 'The address is not well-formed.');
  return new CodedError('internal', undefined, { cause: error });
}

/** Answers with the problem and logs what somebody must look at, once. */
export function sendProblem(request: Request, response: Response, error: unknown, log: Log): void {
  const coded = toCoded(error);
  if (coded.status >= 500)
    log[coded.code === 'internal' ? 'error' : 'warn']('http.failed', {
      code: coded.code,
      cause: errorChain(coded.cause),
    });
  if (response.headersSent) {
    response.destroy(); // half an answer is out: a cut connection is the only honest end
    return;
  }
  response.status(coded.status).set('cache-control', 'no-store');
  if (coded.facts.retryAfterS !== undefined) response.set('retry-after', String(coded.facts.retryAfterS));
  const isOpenAi = request.path.startsWith('/v1/');
  response.set(coded.facts.headers ?? {}).json(isOpenAi ? openAiError(coded) : toProblem(coded));
}

/** The first fault of a body as a sentence that names the field and repeats nothing that was sent. */
function fromSchema({ issues }: z.ZodError): CodedError {
  const issue = issues[0];
  const param = issue?.path.map(String).join('.') ?? '';
  if (issue === undefined || issue.code === 'unrecognized_keys')
    return new CodedError(
      'invalid_request',
      `There is a field ${param === '' ? 'in the body' : `in \`${param}\``} that is not known here.`,
    );
  if (param === '')
    return new CodedError('invalid_request', 'Send one JSON object with the fields of this call.');
  return new CodedError('invalid_request', `\`${param}\`: ${issue.message.replace(/[.\s]+$/, '')}.`, {
    param,
  });
}
