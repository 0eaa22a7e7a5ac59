/** The list of origins as the owner sets it: exact, bounded, kept; and settings from before it, and for a version before it. */
import { afterEach, expect, it } from 'vitest';
import { type Machine, startMachine } from '../http/fake-machine.ts';
import { migrate, planMigrations } from '../store/plan.ts';
import { settingsFormat } from '../store/settings.ts';

let machine: Machine | undefined;
afterEach(() => machine?.close());

it('is empty until the owner names an origin, and kept then', async () => {
  machine = await startMachine();
  const { cookie } = await machine.claimNow();
  const headers = { cookie };
  expect((await machine.ask('/api/origins', { headers })).json).toEqual({ origins: [] });
  const body = { origins: ['https://app.example', 'http://[::1]:3000', 'https://app.example'] };
  const kept = ['https://app.example', 'http://[::1]:3000'];
  expect((await machine.ask('/api/origins', { method: 'PUT', headers, body })).json).toEqual({
    origins: kept,
  });
  expect(machine.store.read().origins).toEqual(kept);
  expect(await machine.ask('/api/origins', { method: 'PUT', body })).toMatchObject({ status: 401 });
});

it.each([
  '*',
  'null',
  'https://app.example/',
  'https://app.example/page',
  'https://*.example',
  'https://App.example',
  'https://app.example:443',
  'ftp://app.example',
  'https://user@app.example',
  'https://app.example?x',
  ' https://app.example',
  `https://${'a'.repeat(300)}.example`,
])('refuses %s, which no browser sends', async (origin) => {
  machine = await startMachine();
  const { cookie } = await machine.claimNow();
  const body = { origins: [origin] };
  const answer = await machine.ask('/api/origins', { method: 'PUT', headers: { cookie }, body });
  expect(answer).toMatchObject({ status: 400, json: { error: { code: 'invalid_request' } } });
  expect(machine.store.read().origins).toEqual([]);
});

it('settings from before are read with none, and a version before reads them without', () => {
  const { origins: _, engines: __, ...before } = settingsFormat.initial;
  const steps = planMigrations(settingsFormat.migrations, 2, settingsFormat.version) ?? [];
  expect(migrate(before, steps, settingsFormat)).toEqual(settingsFormat.initial);
  expect(steps[0]?.down?.({ ...settingsFormat.initial, origins: ['https://app.example'] })).toEqual(before);
});
