import { joinRequest, type WifiNetwork } from '@b3iq/wire/local-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyDraft, readJoin, securityOf } from './judge.ts';
import { type JoinDraft, SECURITY_CHOICES } from './types.ts';

const heard = (security: WifiNetwork['security']): WifiNetwork => ({
  ssid: 'Maple',
  ssid_hex: '4d61706c65',
  signal_percent: 80,
  security,
});
const typed = (change: Partial<JoinDraft>): JoinDraft => ({ ...emptyDraft, ...change });

describe('a network in the list', () => {
  it('needs no more than its password', () => {
    expect(readJoin(typed({ password: 'winter harbour' }), heard('wpa2'))).toEqual({
      kind: 'ready',
      request: { ssid_hex: '4d61706c65', password: 'winter harbour' },
    });
  });
  it('that is open is sent no password, whatever was typed before', () => {
    expect(readJoin(typed({ password: 'winter harbour' }), heard('open'))).toEqual({
      kind: 'ready',
      request: { ssid_hex: '4d61706c65' },
    });
  });
  it('with too old a protection cannot be joined', () => {
    expect(securityOf(heard('unsupported'), emptyDraft)).toBeUndefined();
  });
  it.each([
    ['1234567', 'error_password_short'],
    ['', 'error_password_short'],
    ['x'.repeat(64), 'error_password_long'],
    ['ä'.repeat(32), 'error_password_long'],
  ])('refuses “%s” as %s', (password, error) => {
    expect(readJoin(typed({ password }), heard('wpa3'))).toEqual({
      kind: 'wrong',
      errors: { password: error },
    });
  });
  it.each(['12345678', 'x'.repeat(63), 'aB'.repeat(32)])('takes “%s”', (password) => {
    expect(readJoin(typed({ password }), heard('wpa2')).kind).toBe('ready');
  });
});

describe('a hidden network', () => {
  it('says its name and its protection', () => {
    const draft = typed({ name: 'Attic', security: 'wpa3', password: 'winter harbour' });
    expect(readJoin(draft, undefined)).toEqual({
      kind: 'ready',
      request: { ssid_hex: '4174746963', hidden: true, security: 'wpa3', password: 'winter harbour' },
    });
  });
  it('needs a name of at most 32 bytes', () => {
    const draft = typed({ name: 'ä'.repeat(17), security: 'open' });
    expect(readJoin(draft, undefined)).toEqual({ kind: 'wrong', errors: { name: 'error_name' } });
  });
});

describe('a company’s network', () => {
  const draft = typed({ identity: ' mira@example.com ', password: 'x' });
  it('asks who signs in, and tells the server apart when its name is given', () => {
    expect(readJoin(draft, heard('enterprise'))).toEqual({
      kind: 'ready',
      request: { ssid_hex: '4d61706c65', password: 'x', identity: 'mira@example.com', eap: 'peap' },
    });
    const named = readJoin(
      { ...draft, eap: 'ttls', serverDomain: 'radius.example.com' },
      heard('enterprise'),
    );
    expect(named).toMatchObject({ request: { eap: 'ttls', server_domain: 'radius.example.com' } });
  });
  it('names each field that is missing or wrong', () => {
    expect(readJoin(typed({ serverDomain: 'not a name' }), heard('enterprise'))).toEqual({
      kind: 'wrong',
      errors: {
        password: 'error_password_missing',
        identity: 'error_identity',
        serverDomain: 'error_server',
      },
    });
  });
});

it('never makes a request that the wire refuses', () => {
  const draft = fc.record({
    name: fc.string({ unit: 'binary', maxLength: 40 }),
    security: fc.constantFrom(...SECURITY_CHOICES),
    password: fc.string({ maxLength: 140 }),
    identity: fc.string({ maxLength: 140 }),
    eap: fc.constantFrom('peap' as const, 'ttls' as const),
    serverDomain: fc.oneof(fc.string({ maxLength: 300 }), fc.domain()),
  });
  const network = fc.option(
    fc.constantFrom('open', 'wpa2', 'wpa3', 'enterprise').map((s) => heard(s)),
    {
      nil: undefined,
    },
  );
  fc.assert(
    fc.property(draft, network, (form, found) => {
      const read = readJoin(form, found);
      if (read.kind === 'ready') expect(joinRequest.safeParse(read.request).success).toBe(true);
    }),
  );
}, 30_000); // the first domain name is slow to make, most of all on a busy machine
