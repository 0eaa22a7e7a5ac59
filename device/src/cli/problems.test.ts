import { describe, expect, test } from 'vitest';
import { CodedError } from '../errors.ts';
import { asCliError, problem, readTrouble, refusal, sentence, usage } from './problems.ts';

describe('a refusal', () => {
  const trouble = (detail: string, code: string, retryAfterS?: number) =>
    sentence(
      refusal({ status: 400, title: 'T', detail, code, ...(retryAfterS ? { retryAfterS } : {}) }).trouble,
    );

  test('says what happened, what to do, and its code', () => {
    expect(trouble('No key with that id', 'key_not_found')).toBe(
      'No key with that id. List the keys first. (key_not_found)',
    );
  });
  test('does not say twice what to do', () => {
    expect(trouble('No key with that id. List the keys first.', 'key_not_found')).toBe(
      'No key with that id. List the keys first. (key_not_found)',
    );
  });
  test('tells the time to wait from the header', () => {
    expect(trouble('Too many tries', 'claim_locked', 300)).toBe(
      'Too many tries. Try again in 300 s. (claim_locked)',
    );
  });
  test('of a code from a newer agent is told as it is', () => {
    expect(trouble('The moon is full', 'moon_full')).toBe('The moon is full. (moon_full)');
    expect(trouble('x', '__proto__')).toBe('x. (__proto__)');
  });
  test('of a bad request says that nothing was changed', () => {
    expect(trouble('The name is empty', 'invalid_request')).toContain('Nothing was changed.');
  });
  test('falls back to its title', () => expect(trouble('', 'moon_full')).toBe('T. (moon_full)'));
  test('cannot move the cursor', () => expect(trouble('a\u001b[2Jb\nc', 'x\u0007')).toBe('a[2Jb c. (x)'));
});

describe('error objects', () => {
  test('are read in the native shape', () => {
    expect(readTrouble(404, { error: { status: 404, title: 'T', detail: 'D', code: 'c' } }, '7')).toEqual({
      status: 404,
      title: 'T',
      detail: 'D',
      code: 'c',
      retryAfterS: 7,
    });
  });
  test('are read in OpenAI’s shape, with and without the inner object', () => {
    const inner = { status: 429, title: 'T', detail: 'D', code: 'queue_full' };
    expect(readTrouble(429, { error: { message: 'm', type: 't', b3iq: inner } }, undefined)).toMatchObject({
      detail: 'D',
      code: 'queue_full',
    });
    expect(readTrouble(400, { error: { message: 'm', type: 'invalid_request_error' } }, 'soon')).toEqual({
      status: 400,
      title: '',
      detail: 'm',
      code: 'invalid_request_error',
    });
  });
  test.each([
    null,
    undefined,
    7,
    'x',
    [],
    {},
    { error: null },
    { error: 'no' },
    { error: { code: 7, detail: [] } },
  ])('%j is none', (body) => expect(readTrouble(500, body, undefined)).toBeUndefined());
});

test('exit status follows from what went wrong', () => {
  expect(problem('agent_unreachable').exit).toBe(3);
  expect(problem('agent_running').exit).toBe(1);
  expect(usage('x').exit).toBe(2);
  expect(asCliError(new CodedError('ledger_unavailable')).exit).toBe(1);
});

test('the text of an unexpected error is not shown: it may quote a secret', () => {
  const told = asCliError(new TypeError('hunter2'));
  expect(sentence(told.trouble)).not.toContain('hunter2');
  expect(sentence(told.trouble)).toContain('TypeError');
  expect(asCliError('hunter2').trouble.detail).not.toContain('hunter2');
});
