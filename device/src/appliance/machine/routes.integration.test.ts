import type { CertificateAnswer, UpdateAnswer } from '@b3iq/wire/local-api';
import { afterEach, describe, expect, it } from 'vitest';
import { CodedError } from '../../errors.ts';
import { type Machine, startMachine } from '../../http/fake-machine.ts';
import type { Appliance } from './port.ts';

const update: UpdateAnswer = {
  current: { version: '1', released_at: null },
  previous: null,
  available: null,
  state: { kind: 'idle' },
  last: null,
  automatic: true,
  postponed_until: null,
  support_until: '2031-11-30',
  source_url: null,
};
const certificate: CertificateAnswer = {
  kind: 'own',
  fingerprint_sha256: 'AA',
  not_after: '2028-01-01T00:00:00.000Z',
  names: ['b3iq-n7k4.local'],
};
const PASSWORD = 'correct horse battery';

/** An appliance that remembers what it was told to do. */
function fakeAppliance() {
  const done: string[] = [];
  const note = async (what: string) => void done.push(what);
  const appliance: Appliance = {
    box: {
      facts: async () => ({
        sealed_by: 'self',
        secure_boot: true,
        disk_encrypted: true,
        recovery_key_given: false,
        local_url: 'http://b3iq-n7k4.local/',
        addresses: [],
      }),
      power: (action) => note(`power ${action}`),
      factoryReset: () => note('reset'),
      diskRecoveryKey: async () => 'cbdefghi',
    },
    updates: {
      answer: async () => update,
      check: () => note('check'),
      install: () => note('install'),
      restart: () => note('restart'),
      change: (settings) => note(`change ${JSON.stringify(settings)}`),
    },
    certificates: {
      answer: () => certificate,
      install: async () => {
        throw new CodedError('certificate_refused', 'The private key does not belong to the certificate.');
      },
      remove: () => note('remove'),
    },
    selfTest: () => note('self-test'),
  };
  return { appliance, done };
}

const machines: Machine[] = [];
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.close();
});
async function start(options: Parameters<typeof startMachine>[0] = {}) {
  const machine = await startMachine(options);
  machines.push(machine);
  const { cookie } = await machine.claimNow();
  const asOwner = (method: string, path: string, body?: unknown) =>
    machine.ask(path, { method, headers: { cookie }, ...(body === undefined ? {} : { body }) });
  return { machine, asOwner };
}

const ROUTES = [
  ['GET', '/api/appliance'],
  ['GET', '/api/update'],
  ['POST', '/api/update/check'],
  ['POST', '/api/update/install'],
  ['POST', '/api/update/restart'],
  ['POST', '/api/update/settings', {}],
  ['POST', '/api/factory-reset', { password: PASSWORD }],
  ['POST', '/api/power', { action: 'restart' }],
  ['POST', '/api/disk-recovery-key', { password: PASSWORD }],
  ['GET', '/api/certificate'],
  ['PUT', '/api/certificate', { certificate_pem: 'x', private_key_pem: 'y' }],
  ['DELETE', '/api/certificate'],
] as const;

describe('a Host', () => {
  it.each(ROUTES)('says of %s %s that only an appliance can do it', async (method, path, body?: unknown) => {
    const { asOwner } = await start();
    expect(await asOwner(method, path, body)).toMatchObject({
      status: 501,
      json: { error: { code: 'appliance_only' } },
    });
  });
});

describe('an appliance', () => {
  it('does nothing for who is not the owner', async () => {
    const { appliance, done } = fakeAppliance();
    const { machine } = await start({ appliance });
    for (const [method, path, body] of ROUTES)
      expect((await machine.ask(path, { method, body })).status).toBe(401);
    expect((await machine.ask('/api/self-test', { method: 'POST', body: {} })).status).toBe(403);
    expect(done).toEqual([]);
  });

  it('follows its owner', async () => {
    const { appliance, done } = fakeAppliance();
    const { asOwner } = await start({ appliance });
    expect((await asOwner('GET', '/api/appliance')).json).toMatchObject({ sealed_by: 'self' });
    expect(await asOwner('POST', '/api/update/check')).toMatchObject({ status: 202, json: update });
    expect(await asOwner('POST', '/api/update/install')).toMatchObject({ status: 202, json: update });
    expect(await asOwner('POST', '/api/update/restart')).toMatchObject({ status: 202 });
    expect(await asOwner('POST', '/api/update/settings', { postpone_days: 3 })).toMatchObject({
      status: 200,
    });
    expect(await asOwner('POST', '/api/power', { action: 'power-off' })).toMatchObject({ status: 202 });
    expect(await asOwner('GET', '/api/certificate')).toMatchObject({ json: certificate });
    expect(await asOwner('DELETE', '/api/certificate')).toMatchObject({ json: certificate });
    expect(done).toEqual([
      'check',
      'install',
      'restart',
      'change {"postpone_days":3}',
      'power power-off',
      'remove',
    ]);
  });

  it('is told what it is told exactly, or not at all', async () => {
    const { appliance, done } = fakeAppliance();
    const { asOwner } = await start({ appliance });
    expect((await asOwner('POST', '/api/power', { action: 'explode' })).status).toBe(400);
    expect((await asOwner('POST', '/api/update/settings', { postpone_days: 31 })).status).toBe(400);
    expect((await asOwner('POST', '/api/update/settings', { source_url: 'http://evil' })).status).toBe(400);
    expect((await asOwner('PUT', '/api/certificate', { certificate_pem: 'x' })).status).toBe(400);
    expect(done).toEqual([]);
  });

  it('refuses a certificate with the sentence that says why', async () => {
    const { asOwner } = await start(fakeAppliance());
    const body = { certificate_pem: 'x', private_key_pem: 'y' };
    expect(await asOwner('PUT', '/api/certificate', body)).toMatchObject({
      status: 422,
      json: { error: { code: 'certificate_refused', detail: expect.stringContaining('does not belong') } },
    });
  });

  it('resets and hands out a recovery key to the password alone, and bounds the guessing like a sign-in', async () => {
    const { appliance, done } = fakeAppliance();
    const { asOwner, machine } = await start({ appliance });
    expect((await asOwner('POST', '/api/disk-recovery-key', { password: PASSWORD })).json).toEqual({
      recovery_key: 'cbdefghi',
    });
    for (let i = 0; i < 10; i++)
      expect((await asOwner('POST', '/api/factory-reset', { password: 'a wrong guess' })).status).toBe(401);
    const locked = await asOwner('POST', '/api/factory-reset', { password: PASSWORD });
    expect(locked).toMatchObject({ status: 429, json: { error: { code: 'sign_in_locked' } } });
    const signIn = await machine.ask('/api/session', {
      method: 'POST',
      body: { name: 'Ada', password: PASSWORD },
    });
    expect(signIn.status).toBe(429);
    expect(done).toEqual([]);
    machine.clock.advance(15 * 60_000 + 1_000);
    expect((await asOwner('POST', '/api/factory-reset', { password: PASSWORD })).status).toBe(202);
    expect(done).toEqual(['reset']);
    // The tries before it are forgotten, as after a sign-in.
    expect((await asOwner('POST', '/api/disk-recovery-key', { password: 'a wrong guess' })).status).toBe(401);
  });

  it('runs the self-test for the health gate, over its own socket', async () => {
    const { appliance, done } = fakeAppliance();
    const { machine } = await start({ appliance });
    const answer = await machine.ask('/api/self-test', { method: 'POST', body: {}, operator: true });
    expect(answer.status).toBe(200);
    expect(done).toEqual(['self-test']);
  });
});
