import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { issueOwnCertificate } from '../tls/issue.ts';
import { readAuthority } from './authority.ts';
import { hex, rig } from './fakes/test-rig.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pem = issueOwnCertificate(pair.privateKey, ['harbour.example'], Date.UTC(2026, 10, 22)).trim();

it('is taken out of whatever stands around it, one or several', () => {
  const text = `Subject: CN=Harbour\r\n${pem.replaceAll('\n', '\r\n')}\r\n`;
  expect(readAuthority(text)).toBe(`${pem}\n`);
  expect(readAuthority(`${pem}\n${pem}`)).toBe(`${pem}\n${pem}\n`);
});

it('is refused with what is wrong, before anything is tried', async () => {
  const bad = [
    ['hello', /no certificate/],
    [`${key}\n${pem}`, /private key/],
    [pem.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA'), /cannot be read/],
    [`${pem}\n`.repeat(9), /more than 8/],
  ] as const;
  for (const [text, told] of bad) expect(() => readAuthority(text)).toThrow(told);
  const { service, hotspotUp, radio } = rig();
  await hotspotUp();
  const ask = { ssid_hex: hex('Office'), identity: 'ada', password: 'correct horse' };
  expect(() => service.join({ ...ask, ca_certificate_pem: 'hello' })).toThrow(
    expect.objectContaining({ code: 'invalid_request' }),
  );
  expect(service.answer().join).toEqual({ kind: 'idle' });
  expect(radio.acts).not.toContain('connect');
  expect(service.join({ ...ask, ca_certificate_pem: pem }).join).toMatchObject({ kind: 'joining' });
  await service.close();
});
