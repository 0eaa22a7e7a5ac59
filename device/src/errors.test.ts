import { expect, test } from 'vitest';
import { CodedError, ERRORS, type ErrorCode, remedyOf } from './errors.ts';

/** Said by the command line about the agent, so only where there is one. */
const COMMAND_LINE_ONLY: readonly ErrorCode[] = ['agent_unreachable', 'agent_answer_invalid'];
const codes = Object.keys(ERRORS) as ErrorCode[]; // a record's own keys

test.each(codes.filter((code) => !COMMAND_LINE_ONLY.includes(code)))(
  'on an appliance %s names no command: nobody has a terminal there',
  (code) => {
    expect(remedyOf(code, 'appliance')).not.toMatch(/b3iq-host|npx|make run|chmod/);
  },
);

test('an error says the registry’s sentence for the machine it is on, and its own words anywhere', () => {
  expect(new CodedError('node_unclaimed').detail).toContain('b3iq-host wizard url');
  const on = 'appliance';
  expect(new CodedError('node_unclaimed', undefined, { on }).detail).toBe(
    'This machine has no owner yet. Finish setup first: open its setup page. Its screen or label says where that is.',
  );
  expect(new CodedError('node_unclaimed', 'In other words.', { on, retryAfterS: 3 })).toMatchObject({
    detail: 'In other words.',
    facts: { retryAfterS: 3 },
  });
});
