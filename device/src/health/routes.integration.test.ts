import type { HealthAlertsAnswer, HealthAnswer, HealthHistoryAnswer } from '@b3iq/wire/local-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ask, type Machine, startMachine } from '../http/fake-machine.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { keysSlice } from '../keys/types.ts';
import { FakeClock } from '../os/clock.ts';
import { memoryStore } from '../store/fake.ts';
import { readMetrics } from './metrics/read-metrics.ts';

let machine: Machine;
let cookie: string;
let keys: KeyRing;
const clock = new FakeClock();
beforeAll(async () => {
  keys = new KeyRing({ store: memoryStore([], keysSlice), clock });
  machine = await startMachine({ localKeys: keys });
  ({ cookie } = await machine.claimNow());
});
afterAll(() => machine.close());

const asOwner = (path: string) => machine.ask(path, { headers: { cookie } });
const withKey = (secret: string, path = '/metrics', rest: Ask = {}) =>
  machine.ask(path, { ...rest, headers: { authorization: `Bearer ${secret}`, ...rest.headers } });
const problem = (code: string) => ({ error: { code } });

describe('health over HTTP', () => {
  it('shows the owner the machine, its week and its warnings', async () => {
    const now = (await asOwner('/api/health')).json as HealthAnswer; // checked field by field below
    expect(now.gpus?.map(({ name }) => name)).toEqual(['AMD Radeon AI PRO R9700', 'NVIDIA graphics 2b85']);
    expect(now.gpus?.[1]?.temperature_c).toBeNull();
    const week = (await asOwner('/api/health/history?hours=168&points=100')).json as HealthHistoryAnswer; // as above
    expect(week.series.length).toBeGreaterThan(10);
    for (const { mean, max } of week.series)
      expect([mean.length, max.length]).toEqual([mean.length, mean.length]);
    expect(week.series[0]?.mean.length).toBeLessThanOrEqual(100);
    expect((await asOwner('/api/health/alerts')).json as HealthAlertsAnswer).toEqual({ alerts: [] });
  });

  it.each(['hours=0', 'hours=169', 'points=9', 'points=1441', 'hours=abc', 'hours=1.5', 'hours=1&hours=2'])(
    'refuses %s',
    async (query) => {
      expect((await asOwner(`/api/health/history?${query}`)).json).toMatchObject(problem('invalid_request'));
    },
  );

  it('tells nobody else', async () => {
    const { secret } = await keys.create({ name: 'scraper', scopes: ['metrics', 'inference'] });
    for (const path of ['/api/health', '/api/health/history', '/api/health/alerts']) {
      expect((await machine.ask(path)).json, path).toMatchObject(problem('unauthorized'));
      expect((await withKey(secret, path)).json, path).toMatchObject(problem('unauthorized'));
    }
  });
});

describe('/metrics', () => {
  it('is for the owner, the machine itself, and a key with that scope, in Prometheus’ format', async () => {
    const { secret } = await keys.create({ name: 'prometheus', scopes: ['metrics'] });
    for (const answer of [
      await withKey(secret),
      await asOwner('/metrics'),
      await machine.ask('/metrics', { operator: true }),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(readMetrics(answer.text).get('b3iq_info')?.samples).toHaveLength(1);
    }
  });

  it('is for no other key, no revoked one, no old one, and for no page of another site', async () => {
    const inference = await keys.create({ name: 'app' });
    expect((await withKey(inference.secret)).json).toMatchObject(problem('key_scope_denied'));
    const revoked = await keys.create({ name: 'gone', scopes: ['metrics'] });
    await keys.revoke(revoked.key.id);
    expect((await withKey(revoked.secret)).json).toMatchObject(problem('unauthorized'));
    const old = await keys.create({
      name: 'old',
      scopes: ['metrics'],
      expires_at: new Date(clock.now() + 1_000).toISOString(),
    });
    clock.advance(2_000);
    expect((await withKey(old.secret)).json).toMatchObject(problem('key_expired'));
    expect((await machine.ask('/metrics')).json).toMatchObject(problem('unauthorized'));
    expect((await withKey('Bearer')).status).toBe(401);
    const { secret } = await keys.create({ name: 'in a page', scopes: ['metrics'] });
    const foreign = await withKey(secret, '/metrics', { headers: { origin: 'http://evil.example' } });
    expect(foreign.json).toMatchObject(problem('cross_origin_refused'));
    expect((await withKey(secret, '/metrics', { method: 'POST' })).status).toBe(405);
  });

  it('is nobody’s before there is an owner', async () => {
    const unclaimed = await startMachine({ localKeys: keys });
    try {
      const { secret } = await keys.create({ name: 'early', scopes: ['metrics'] });
      const answer = await unclaimed.ask('/metrics', { headers: { authorization: `Bearer ${secret}` } });
      expect(answer.json).toMatchObject(problem('node_unclaimed'));
    } finally {
      await unclaimed.close();
    }
  });
});
