import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depthOf } from './body.ts';
import { pagePolicy } from './csp.ts';
import { hostAllowed, knownHosts } from './hosts.ts';
import { isOwnOrigin } from './origin.ts';
import { parsePagePath } from './page-path.ts';
import { matchRoute, ROUTES } from './roles.ts';

/** Every UTF-16 unit, halves of pairs too. */
const anyText = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));

describe('known hosts', () => {
  const known = knownHosts({
    shortName: 'B3IQ-N7K4',
    names: ['box.example'],
    addresses: ['192.168.7.9', 'fe80:0::1'],
  });

  it.each([
    '127.0.0.1',
    '127.0.0.1:8831',
    'localhost:1',
    'LOCALHOST',
    'localhost.',
    '[::1]',
    '[::1]:8831',
    '[0:0:0:0:0:0:0:1]',
    'b3iq-n7k4.local',
    'B3IQ-N7K4.local:80',
    'box.example',
    '192.168.7.9:8831',
    '[fe80::1]:80',
  ])('include %s', (host) => {
    expect(hostAllowed(host, known)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil.example#localhost',
    'localhost@evil.example',
    'localhost:8831:8831',
    'localhost:999999',
    '127.1',
    '0.0.0.0',
    '2130706433',
    '[::1',
    '::1',
    '[::]',
    '[::ffff:127.0.0.1]',
    'localhost..',
    'localhost,localhost',
    'x'.repeat(10_000),
  ])('do not include %s', (host) => {
    expect(hostAllowed(host, known)).toBe(false);
  });

  it('never fail on any header', () => {
    fc.assert(
      fc.property(anyText, (host) => {
        expect(hostAllowed(host, known)).toBeTypeOf('boolean');
      }),
    );
  });
});

describe('the origin of a call', () => {
  const host = '127.0.0.1:8831';
  it.each([
    [{ host }, true],
    [{ host, 'sec-fetch-site': 'same-origin' }, true],
    [{ host, 'sec-fetch-site': 'none' }, true],
    [{ host, 'sec-fetch-site': 'same-site' }, false],
    [{ host, 'sec-fetch-site': 'cross-site' }, false],
    [{ host, 'sec-fetch-site': 'cross-site', origin: `http://${host}` }, false],
    [{ host, 'sec-fetch-site': ['same-origin', 'none'] }, false],
    [{ host, origin: `http://${host}` }, true],
    [{ host: 'b3iq-n7k4.local', origin: 'http://B3IQ-N7K4.local' }, true],
    [{ host, origin: 'http://127.0.0.1:3000' }, false],
    [{ host, origin: 'http://127.0.0.1' }, false],
    [{ host, origin: 'null' }, false],
    [{ host, origin: '' }, false],
    [{ host, origin: `http://evil.example/${host}` }, false],
    [{ host, origin: `http://evil.example@${host}` }, false],
    [{ origin: `http://${host}` }, false],
  ])('%j is our own: %s', (headers, own) => {
    expect(isOwnOrigin(headers)).toBe(own);
  });
});

describe('the table of routes', () => {
  it('finds each of its rows, and a fixed path before one with a parameter', () => {
    for (const key of Object.keys(ROUTES)) {
      const [method = '', path = ''] = key.split(' ');
      expect(matchRoute(method, path.replace(':id', 'x1'))).toMatchObject({ kind: 'row', key });
    }
    expect(matchRoute('HEAD', '/api/status')).toMatchObject({ key: 'GET /api/status' });
    expect(matchRoute('POST', '/api/receipts/verify')).toMatchObject({ key: 'POST /api/receipts/verify' });
  });

  it('names the methods a path knows', () => {
    expect(matchRoute('PUT', '/api/session')).toEqual({
      kind: 'wrong-method',
      allow: ['GET', 'POST', 'DELETE'],
    });
    expect(matchRoute('OPTIONS', '/api/keys')).toEqual({ kind: 'wrong-method', allow: ['GET', 'POST'] });
  });

  it.each([
    '/api',
    '/api/',
    '/API/status',
    '/api/status/',
    '//api/status',
    '/api//status',
    '/api/%73tatus',
    '/api/keys/',
    '/api/keys/a/b',
  ])('does not know %s', (path) => {
    expect(matchRoute('GET', path).kind).toBe('unknown');
  });
});

describe('the path of a page', () => {
  it.each([
    ['/', [], true],
    ['/setup/', ['setup'], true],
    ['/setup/index.html', ['setup', 'index.html'], false],
    ['/caf%C3%A9/', ['café'], true],
  ])('%s is read', (path, segments, isFolder) => {
    expect(parsePagePath(path)).toEqual({ segments, isFolder });
  });

  it.each([
    '',
    'setup',
    '/../x',
    '/%2e%2e/x',
    '/a/%2E%2e/x',
    '/a/./b',
    '/.env',
    '/a/.git/config',
    '/a//b',
    '//a',
    '/a%2fb',
    '/a%5Cb',
    '/a\\..\\b',
    '/a%00.html',
    '/a%0a',
    '/%',
    '/%ff',
    '/c:/x',
    '/\u202e',
    `/${'a/'.repeat(600)}`,
  ])('%j is nothing', (path) => {
    expect(parsePagePath(path)).toBeUndefined();
  });

  it('never leads up, whatever was sent', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('.', '/', '%', '2', 'e', 'f', '5', 'c', '\\', 'a') }),
        (path) => {
          for (const segment of parsePagePath(`/${path}`)?.segments ?? []) {
            expect(segment).not.toMatch(/[/\\]/);
            expect(segment.startsWith('.')).toBe(false);
          }
        },
      ),
    );
  });
});

describe('a page’s policy', () => {
  const policy = (html: string) => pagePolicy(html, (text) => `<${text}>`);

  it('allows the scripts and styles that stand in the page, as the browser hashes them', () => {
    const html =
      '<style>a\r\nb</style><script type="module">one</script><SCRIPT>two</SCRIPT><script>one</script>';
    expect(policy(html)).toContain("style-src 'sha256-<a\nb>'");
    expect(policy(html)).toContain("script-src 'sha256-<one>' 'sha256-<two>';");
  });

  it('allows nothing where there is nothing, and own files only where the page names some', () => {
    expect(policy('<p>')).toContain("script-src 'none'; style-src 'none'");
    expect(policy('<script src="/x.js"></script>')).toContain("script-src 'self';");
    expect(policy('<link rel="stylesheet" href="/x.css">')).toContain("style-src 'self';");
    expect(policy('<p>')).not.toContain('unsafe');
  });
});

describe('the depth of a body', () => {
  const depth = (text: string) => depthOf(new TextEncoder().encode(text));
  it('counts brackets outside of strings', () => {
    expect(depth('1')).toBe(0);
    expect(depth('[[],{"a":[1]}]')).toBe(3);
    expect(depth('"[[[\\"[["')).toBe(0);
    expect(depth('["\\\\",[]]')).toBe(2);
    expect(depth('['.repeat(10_000))).toBe(10_000);
  });
});
