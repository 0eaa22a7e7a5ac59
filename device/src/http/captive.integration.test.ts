import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { arrivalAddress, captive } from './captive.ts';
import { type Machine, startMachine } from './fake-machine.ts';

/** What phones and computers ask for when they have joined a network, and the answer that would tell them all is well. */
const PROBES: readonly (readonly [string, string, string, RegExp])[] = [
  ['Apple', 'captive.apple.com', '/hotspot-detect.html', /Success/],
  ['Apple, older', 'www.apple.com', '/library/test/success.html', /Success/],
  ['Apple, bare', 'apple.com', '/', /Success/],
  ['Android', 'connectivitycheck.gstatic.com', '/generate_204', /^$/],
  ['Android, by address', '142.250.0.1', '/gen_204', /^$/],
  ['Chrome', 'clients3.google.com', '/generate_204', /^$/],
  ['Windows', 'www.msftconnecttest.com', '/connecttest.txt', /Microsoft Connect Test/],
  ['Windows, the browser it opens', 'www.msftconnecttest.com', '/redirect', /Microsoft/],
  ['Windows 7', 'www.msftncsi.com', '/ncsi.txt', /Microsoft NCSI/],
  ['Firefox', 'detectportal.firefox.com', '/canonical.html', /success|canonical/],
  ['Firefox, text', 'detectportal.firefox.com', '/success.txt?ipv4', /success/],
  ['GNOME', 'nmcheck.gnome.org', '/check_network_status.txt', /NetworkManager is online/],
  ['Debian', 'network-test.debian.org', '/nm', /NetworkManager is online/],
  ['KDE', 'networkcheck.kde.org', '/', /OK/],
  ['Ubuntu', 'connectivity-check.ubuntu.com', '/', /./],
  ['a name with odd characters', 'ex_ample..test', '/', /./],
];

describe('on the hotspot', () => {
  let machine: Machine;
  let hotspot: string | undefined = '127.0.0.1';
  beforeAll(async () => {
    machine = await startMachine({ captive: captive(() => hotspot) });
  });
  afterAll(() => machine.close());
  afterEach(() => {
    hotspot = '127.0.0.1';
  });
  const ask = (host: string, path: string, method = 'GET') =>
    machine.ask(path, { method, headers: { host } });

  it.each(PROBES)(
    '%s is led to the page and never told that all is well',
    async (_who, host, path, success) => {
      for (const method of ['GET', 'HEAD', 'POST']) {
        const answer = await ask(host, path, method);
        expect(answer.status).toBe(302);
        expect(answer.headers.location).toBe('http://127.0.0.1/setup/');
        expect(answer.headers['cache-control']).toBe('no-store');
        if (answer.text !== '') expect(answer.text).not.toMatch(success);
      }
    },
  );

  it.each(PROBES)('the path %s asks for leads there under our own address too', async (_who, _host, path) => {
    const answer = await ask('127.0.0.1', path);
    expect(answer.status).toBe(302);
    expect(answer.headers.location).toMatch(/\/setup\/$/);
  });

  it('the page itself and its files are served, by address and by name', async () => {
    for (const host of ['127.0.0.1', 'b3iq-n7k4.local']) {
      expect(await ask(host, '/setup/')).toMatchObject({
        status: 200,
        text: expect.stringContaining('Setup'),
      });
      expect((await ask(host, '/_astro/x.1a2b.js')).status).toBe(200);
    }
  });

  it.each(['/api/setup/state', '/v1/models', '/api', '/v1'])(
    '%s needs a known name all the same',
    async (path) => {
      expect((await ask('captive.apple.com', path)).json).toMatchObject({
        error: { code: 'host_not_allowed' },
      });
    },
  );

  it('a request that came another way is refused as ever', async () => {
    hotspot = '10.42.0.1';
    expect((await ask('captive.apple.com', '/')).json).toMatchObject({ error: { code: 'host_not_allowed' } });
    hotspot = undefined;
    expect((await ask('evil.example', '/setup/')).json).toMatchObject({
      error: { code: 'host_not_allowed' },
    });
  });

  it('a path that is not there is said to be missing on any other way', async () => {
    hotspot = undefined;
    expect((await ask('127.0.0.1', '/generate_204')).status).toBe(404);
  });
});

describe('an owner on the hotspot of a machine that has lost its network', () => {
  it('reaches the dashboard by name; strangers’ names lead to the page', async () => {
    const machine = await startMachine({ captive: captive(() => '127.0.0.1'), isRecovering: () => true });
    try {
      await machine.claimNow();
      expect((await machine.ask('/health')).json).toMatchObject({ state: 'claimed-recovering' });
      expect((await machine.ask('/', { headers: { host: 'b3iq-n7k4.local' } })).text).toContain('Dashboard');
      expect((await machine.ask('/', { headers: { host: 'captive.apple.com' } })).status).toBe(302);
    } finally {
      await machine.close();
    }
  });
});

describe('the address a request came in on', () => {
  it.each([
    ['10.42.0.1', '10.42.0.1'],
    ['::ffff:10.42.0.1', '10.42.0.1'],
    ['fd00::1', 'fd00::1'],
    [undefined, undefined],
  ])('of %s is %s', (localAddress, address) => {
    expect(arrivalAddress({ socket: { localAddress } } as Parameters<typeof arrivalAddress>[0])).toBe(
      address,
    ); // only this of a socket is read
  });
});
