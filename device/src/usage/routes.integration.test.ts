import type { UsageAnswer } from '@b3iq/wire/local-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Machine, startMachine } from '../http/fake-machine.ts';
import { FakeClock } from '../os/clock.ts';
import { fakeLedger } from '../receipts/fake.ts';
import { KEY_A, KEY_B, testCall, testIdentity } from '../receipts/test-call.ts';

const clock = new FakeClock(Date.UTC(2026, 10, 22, 12));
let machine: Machine;
let cookie: string;
beforeAll(async () => {
  const ledger = fakeLedger(testIdentity(), clock);
  machine = await startMachine({
    usage: { ledger, keys: () => [{ id: KEY_A, name: '=cmd|calc, “now”' }], clock },
  });
  ({ cookie } = await machine.claimNow());
  const at = Date.UTC(2026, 10, 21);
  await ledger.append(testCall({ startedAtMs: at }));
  await ledger.append(testCall({ startedAtMs: at + 5, status: 'failed' }));
  await ledger.append(testCall({ startedAtMs: at + 86_400_000, caller: KEY_B }));
  await ledger.append(testCall({ startedAtMs: at + 86_400_000, caller: 'owner' }));
});
afterAll(() => machine.close());

const asOwner = (path: string, headers = {}) => machine.ask(path, { headers: { cookie, ...headers } });

it('shows the owner each key, model and day, and what a key is called', async () => {
  const answer = (await asOwner('/api/usage')).json as UsageAnswer; // checked field by field below
  const rest = {
    model: 'b3iq-selftest',
    prompt_tokens: 12,
    completion_tokens: 30,
    failed_calls: 0,
    calls: 1,
  };
  const both = { calls: 2, failed_calls: 1, prompt_tokens: 24, completion_tokens: 60 };
  expect(answer).toEqual({
    from: '2026-10-24',
    to: '2026-11-22',
    rows: [
      { ...rest, ...both, day: '2026-11-21', caller: KEY_A, key_name: '=cmd|calc, “now”' },
      { ...rest, day: '2026-11-22', caller: KEY_B, key_name: null },
      { ...rest, day: '2026-11-22', caller: 'owner', key_name: null },
    ],
  });
  const before = (await asOwner('/api/usage?from=2026-01-01&to=2026-02-01')).json;
  expect(before).toEqual({ from: '2026-01-01', to: '2026-02-01', rows: [] });
});

it.each([
  ['/api/usage?from=2026-11-21&to=2026-11-21&format=csv', {}],
  ['/api/usage?from=2026-11-21&to=2026-11-21', { accept: 'text/csv' }],
])('gives it as CSV, safe for a spreadsheet: %s', async (path, headers) => {
  const answer = await asOwner(path, headers);
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
  expect(answer.headers['content-disposition']).toBe(
    'attachment; filename=b3iq-usage-2026-11-21-to-2026-11-21.csv',
  );
  expect(answer.text.split('\r\n')[1]).toBe(
    `2026-11-21,${KEY_A},"'=cmd|calc, “now”",b3iq-selftest,2,1,24,60`,
  );
});

it('gives browsers, which accept anything, JSON', async () => {
  const answer = await asOwner('/api/usage', { accept: 'text/html,*/*;q=0.8' });
  expect(answer.json).toHaveProperty('rows');
});

it.each([
  'from=x',
  'to=2026-13-01',
  'from=2026-11-22&to=2026-11-21',
  'from=2020-01-01',
  'format=xml',
  'format=csv&format=json',
])('refuses %s', async (query) => {
  expect(await asOwner(`/api/usage?${query}`)).toMatchObject({
    status: 400,
    json: { error: { code: 'invalid_request' } },
  });
});

it('tells nobody else', async () => {
  expect((await machine.ask('/api/usage')).status).toBe(401);
  expect((await machine.ask('/api/usage', { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  expect((await machine.ask('/api/usage', { operator: true })).status).toBe(200);
});
