import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { readKeyAndChain } from './check.ts';
import { issueOwnCertificate } from './issue.ts';
import { CertificateService } from './service.ts';

const DAY_MS = 86_400_000;
const names = ['b3iq-n7k4.local', 'b3iq-n7k4-3f.local'] as const;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(clock = new FakeClock(), stateDir?: string) {
  const dir = stateDir ?? (await mkdtemp(join(tmpdir(), 'b3iq-tls-')));
  const service = await CertificateService.open({ stateDir: dir, names, clock, log: memoryLog() });
  closing.push(() => service.close());
  return { service, dir, clock };
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const pem = (key: ReturnType<typeof newKey>) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
/** A pair as an owner might bring it. */
function pair(name = 'box.example', nowMs = new FakeClock().now()) {
  const key = newKey();
  return { private_key_pem: pem(key), certificate_pem: issueOwnCertificate(key, [name], nowMs) };
}

/** The certificate a real client sees. */
function seen(
  port: number,
  servername = names[0],
): Promise<{ fingerprint: string; name: string; authorized: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerCertificate();
      resolve({
        fingerprint: certificate.fingerprint256,
        name: String(certificate.subject.CN),
        authorized: socket.authorized,
      });
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('the own certificate is a P-256 server certificate for the machine’s names alone, in a file of its own', async () => {
  const { service, dir, clock } = await open();
  const { leaf, keyPem } = service.current();
  expect(leaf.subjectAltName).toBe('DNS:b3iq-n7k4.local, DNS:b3iq-n7k4-3f.local');
  expect(leaf.subject).toBe('CN=b3iq-n7k4.local');
  expect(leaf.ca).toBe(false);
  expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(leaf.verify(leaf.publicKey)).toBe(true);
  expect(createPrivateKey(keyPem).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  expect(leaf.validFromDate.getTime()).toBeLessThan(clock.now());
  expect((await stat(join(dir, 'tls-own.pem'))).mode & 0o777).toBe(0o600);
  expect(service.answer()).toMatchObject({
    kind: 'own',
    names: [...names],
    fingerprint_sha256: leaf.fingerprint256,
  });
  expect(service.answer().fingerprint_sha256).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});

test('it is the same after a restart, and renewed with the same key when it runs out', async () => {
  const first = await open();
  const again = await open(first.clock, first.dir);
  expect(again.service.fingerprint()).toBe(first.service.fingerprint());
  first.clock.jump(760 * DAY_MS);
  const later = await open(first.clock, first.dir);
  expect(later.service.fingerprint()).not.toBe(first.service.fingerprint());
  expect(later.service.current().keyPem).toBe(first.service.current().keyPem);
});

test('a file that was damaged is made again, and a damaged one of the owner is passed over', async () => {
  const { dir, clock } = await open();
  await writeFile(join(dir, 'tls-own.pem'), 'garbage');
  await writeFile(
    join(dir, 'tls-installed.pem'),
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  );
  const { service } = await open(clock, dir);
  expect(service.answer().kind).toBe('own');
});

test('a running server shows another certificate at once, and the own one again after it was removed', async () => {
  const { service, dir, clock } = await open();
  const now = () => ({ key: service.current().keyPem, cert: service.current().chainPem });
  const server = createServer({ ...now(), minVersion: 'TLSv1.2' }, (_request, response) =>
    response.end('ok'),
  );
  closing.push(() => server.close());
  service.onChange(() => server.setSecureContext(now()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listening on a port
  const own = service.fingerprint();
  expect((await seen(port)).fingerprint).toBe(own);

  const brought = pair();
  await service.install(brought);
  expect((await seen(port)).name).toBe('box.example');
  expect(service.answer()).toMatchObject({ kind: 'installed', names: ['box.example'] });
  const { service: after } = await open(clock, dir);
  expect(after.fingerprint()).toBe(new X509Certificate(brought.certificate_pem).fingerprint256);

  await service.remove();
  expect((await seen(port)).fingerprint).toBe(own);
  expect(await readdir(dir)).toEqual(['tls-own.pem']);
  await service.remove();
});

test.each<[string, () => { certificate_pem: string; private_key_pem: string }, RegExp]>([
  ['another key', () => ({ ...pair(), private_key_pem: pem(newKey()) }), /does not belong/],
  ['no certificate', () => ({ ...pair(), certificate_pem: 'hello' }), /no certificate in the text/],
  [
    'garbage as a certificate',
    () => ({ ...pair(), certificate_pem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }),
    /cannot be read/,
  ],
  ['garbage as a key', () => ({ ...pair(), private_key_pem: 'secret' }), /private key cannot be read/],
  [
    'a key with a password',
    () => ({
      ...pair(),
      private_key_pem: newKey()
        .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString(),
    }),
    /protected by a password/,
  ],
  ['an expired one', () => pair('box.example', Date.UTC(2020, 0, 1)), /has expired/],
  ['one of tomorrow', () => pair('box.example', Date.UTC(2030, 0, 1)), /not valid yet/],
  [
    'a stranger behind it',
    () => {
      const one = pair();
      return { ...one, certificate_pem: one.certificate_pem + pair().certificate_pem };
    },
    /not in order/,
  ],
  [
    'a key that signs nothing here',
    () => ({
      ...pair(),
      private_key_pem: generateKeyPairSync('ed25519')
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
    }),
    /does not belong|kind of key/,
  ],
  [
    'a hundred certificates',
    () => {
      const one = pair();
      return { ...one, certificate_pem: one.certificate_pem.repeat(100) };
    },
    /more than 8/,
  ],
])('refuses %s and changes nothing', async (_what, make, sentence) => {
  const { service, dir } = await open();
  const before = service.fingerprint();
  await expect(service.install(make())).rejects.toMatchObject({
    code: 'certificate_refused',
    detail: expect.stringMatching(sentence),
  });
  expect(service.fingerprint()).toBe(before);
  expect(await readdir(dir)).toEqual(['tls-own.pem']);
});

test('a key is never repeated in what is said about it', () => {
  const secret = 'MIGHAgEAMBMGByqGSM49-marker';
  try {
    readKeyAndChain(pair().certificate_pem, secret, undefined);
    expect.unreachable();
  } catch (error) {
    expect(String(error)).not.toContain('marker');
  }
});
