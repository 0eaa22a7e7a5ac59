/** Errors in Anthropic's shape with the same inner `b3iq` object. Separate and pure, as OpenAI's are: a refusal and the event
 *  that ends a broken stream share one spelling. @see https://docs.anthropic.com/en/api/errors */
import { type CodedError, ERRORS } from '../errors.ts';

/** The body of an error. @param status  200–599; the code's own unless an engine's 4xx is passed on */
export function anthropicError(error: CodedError, status = error.status): object {
  const { code, detail } = error;
  return {
    type: 'error',
    error: {
      type: TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error'),
      message: detail,
      b3iq: { status, title: ERRORS[code].title, detail, code },
    },
  };
}

const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
};
