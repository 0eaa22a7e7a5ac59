import { describe, expect, it } from 'vitest';
import { judgePem } from './judge-pem.ts';

const chain = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const key = '-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n';

describe('a certificate and its key', () => {
  it('may be sent in each usual form', () => {
    expect(judgePem(chain + chain, key)).toEqual({});
    expect(judgePem(chain, key.replaceAll('EC ', ''))).toEqual({});
    expect(judgePem(chain, key.replaceAll('EC ', 'RSA '))).toEqual({});
  });
  it.each([
    ['', '', { chain: 'error_chain', key: 'error_key' }],
    [key, chain, { chain: 'error_swapped', key: 'error_key' }],
    [chain, key.replaceAll('EC ', 'ENCRYPTED '), { key: 'error_encrypted' }],
    [chain, `${key}Proc-Type: 4,ENCRYPTED`, { key: 'error_encrypted' }],
    [chain + 'x'.repeat(65_536), key + 'x'.repeat(16_384), { chain: 'error_long', key: 'error_long' }],
  ])('are named when they are not that: %#', (certificate, secret, faults) => {
    expect(judgePem(certificate, secret)).toEqual(faults);
  });
});
