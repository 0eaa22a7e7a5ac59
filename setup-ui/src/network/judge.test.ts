import { joinRequest, type WifiNetwork } from '@b3iq/wire/local-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyDraft, readJoin, securityOf } from './judge.ts';
import { type JoinDraft, SECURITY_CHOICES, TRUSTS } from './types.ts';

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
  const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  const draft = typed({ identity: ' mira@example.com ', password: 'x' });
  const asked = { ssid_hex: '4d61706c65', password: 'x', identity: 'mira@example.com', eap: 'peap' } as const;
  const read = (change: Partial<JoinDraft>) => readJoin({ ...draft, ...change }, heard('enterprise'));
  it('is known by the company’s certificate unless its owner chooses otherwise', () => {
    expect(read({})).toEqual({ kind: 'wrong', errors: { authority: 'error_authority' } });
    expect(read({ authority: pem })).toEqual({
      kind: 'ready',
      request: { ...asked, ca_certificate_pem: pem },
    });
    expect(read({ authority: pem, eap: 'ttls', serverDomain: ' radius.example.com ' })).toMatchObject({
      request: { eap: 'ttls', ca_certificate_pem: pem, server_domain: 'radius.example.com' },
    });
  });
  it('is known by its name and a public certificate, and then needs the name', () => {
    const named = { trust: 'name', authority: pem } as const;
    expect(read(named)).toEqual({ kind: 'wrong', errors: { serverDomain: 'error_server_missing' } });
    expect(read({ ...named, serverDomain: 'radius.example.com' })).toEqual({
      kind: 'ready',
      request: { ...asked, server_domain: 'radius.example.com' },
    });
  });
  it('is not checked at all only when that was chosen', () => {
    expect(read({ trust: 'none', authority: pem, serverDomain: 'not a name' })).toEqual({
      kind: 'ready',
      request: asked,
    });
  });
  it('names each field that is missing or wrong', () => {
    const key = '-----BEGIN PRIVATE KEY-----';
    expect(readJoin(typed({ serverDomain: 'not a name', authority: key }), heard('enterprise'))).toEqual({
      kind: 'wrong',
      errors: {
        password: 'error_password_missing',
        identity: 'error_identity',
        authority: 'error_authority_key',
        serverDomain: 'error_server',
      },
    });
    expect(read({ authority: pem + 'x'.repeat(65_536) })).toMatchObject({
      errors: { authority: 'error_authority' },
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
    trust: fc.constantFrom(...TRUSTS),
    authority: fc.oneof(fc.string({ maxLength: 300 }), fc.constant('-----BEGIN CERTIFICATE-----')),
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
