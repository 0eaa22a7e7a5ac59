/** What the owner wants of a key, read once: for a new one and for a change alike. Separate so that both refuse in the same words. */
import type { KeyScope } from '@b3iq/wire/local-api';
import type { z } from 'zod';
import { CodedError } from '../errors.ts';

interface Wish {
  readonly scopes?: readonly KeyScope[];
  readonly expires_at?: string | null;
}

/** @param nowMs  Unix ms; an end lies after it     @throws invalid_request with the name of the field in `param` */
export function readWish<T extends Wish>(schema: z.ZodType<T>, request: unknown, nowMs: number): T {
  const parsed = schema.safeParse(request);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const param = issue?.path.join('.') ?? '';
    throw new CodedError('invalid_request', `${param || 'body'}: ${issue?.message ?? 'not as expected'}.`, {
      param,
    });
  }
  const { scopes, expires_at } = parsed.data;
  if (typeof expires_at === 'string' && Date.parse(expires_at) <= nowMs)
    throw new CodedError('invalid_request', 'expires_at: expected a time in the future.', {
      param: 'expires_at',
    });
  return scopes === undefined ? parsed.data : { ...parsed.data, scopes: [...new Set(scopes)] };
}
