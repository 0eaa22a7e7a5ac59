import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, SETUP_PAGE, startMachine } from './fake-machine.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await startMachine();
});
afterAll(() => machine.close());

describe('pages before the claim', () => {
  it('lead to the wizard', async () => {
    for (const path of ['/', '/index.html', '/playground/'])
      expect(await machine.ask(path)).toMatchObject({ status: 302, headers: { location: '/setup/' } });
    expect(await machine.ask('/setup')).toMatchObject({ status: 302, headers: { location: '/setup/' } });
    expect(await machine.ask('/setup/claim')).toMatchObject({
      status: 302,
      headers: { location: '/setup/claim/' },
    });
    expect((await machine.ask('/setup/claim/')).text).toContain('Claim');
  });

  it('carry the hashes of their own scripts and styles', async () => {
    const { status, text, headers } = await machine.ask('/setup/');
    expect({ status, text }).toEqual({ status: 200, text: SETUP_PAGE });
    const hash = (inner: string) => `'sha256-${createHash('sha256').update(inner).digest('base64')}'`;
    expect(headers['content-security-policy']).toContain(`script-src ${hash('console.log("setup")')};`);
    expect(headers['content-security-policy']).toContain(`style-src ${hash('p{color:red}')};`);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
  });

  it('are sent again only when they have changed', async () => {
    const { headers } = await machine.ask('/setup/claim/');
    const again = { headers: { 'if-none-match': headers.etag ?? '' } };
    expect((await machine.ask('/setup/claim/', again)).status).toBe(304);
    await writeFile(join(machine.pagesDir, 'setup', 'claim', 'index.html'), '<p>Claim anew</p>');
    expect(await machine.ask('/setup/claim/', again)).toMatchObject({
      status: 200,
      text: '<p>Claim anew</p>',
    });
  });

  it('come without a body for HEAD, and not at all for POST', async () => {
    expect(await machine.ask('/setup/', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    const posted = await machine.ask('/setup/', { method: 'POST', body: {} });
    expect(posted).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  it('bring their files along, kept when the name has a hash', async () => {
    const script = await machine.ask('/_astro/x.1a2b.js');
    expect(script.headers['content-type']).toContain('text/javascript');
    expect(script.headers['cache-control']).toContain('immutable');
    const icon = await machine.ask('/favicon.svg');
    expect(icon.headers).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'no-cache' });
  });
});

describe('paths that try to lead elsewhere', () => {
  it.each([
    '/../outside.txt',
    '/..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/setup/../../outside.txt',
    '/setup/%2e%2e/%2e%2e/outside.txt',
    '/..\\outside.txt',
    '/..%5coutside.txt',
    '/%252e%252e/outside.txt',
    '/link.txt',
    '/up/outside.txt',
    '/up/dist/setup/index.html/',
    '/.env',
    '/%2eenv',
    '/setup/index.html%00.txt',
    '//etc/passwd',
    '/etc/passwd',
    '/C:/Windows/win.ini',
    '/%',
    '/%ff%fe',
    '/setup//index.html',
    '/index.html/',
    '/_astro',
    '/_astro/',
    `/${'a'.repeat(4_000)}`,
  ])('%s gives nothing', async (path) => {
    const { status, text } = await machine.ask(path);
    expect(text).not.toMatch(/marker|root:/);
    expect([302, 404]).toContain(status);
  });
});

describe('pages after the claim', () => {
  it('are the dashboard, the wizard, and a page for what is not there', async () => {
    const claimed = await startMachine();
    try {
      await claimed.claimNow();
      expect((await claimed.ask('/')).text).toContain('Dashboard');
      expect((await claimed.ask('/setup/')).status).toBe(200);
      const missing = await claimed.ask('/nothing/', { headers: { accept: 'text/html' } });
      expect(missing).toMatchObject({ status: 404, text: expect.stringContaining('Nothing here') });
      const json = await claimed.ask('/nothing', { headers: { accept: 'application/json' } });
      expect(json.json).toMatchObject({ error: { code: 'not_found' } });
    } finally {
      await claimed.close();
    }
  });

  it('say how to get them when they were never built', async () => {
    const bare = await startMachine({ pagesDir: '/nowhere/dist' });
    try {
      const answer = await bare.ask('/setup/');
      expect(answer).toMatchObject({ status: 503, text: expect.stringContaining('make run') });
      expect((await bare.ask('/x.js')).json).toMatchObject({ error: { code: 'not_found' } });
      await rm(join(machine.pagesDir, '404.html'));
      expect((await machine.ask('/nothing')).json).toMatchObject({ error: { code: 'not_found' } });
    } finally {
      await bare.close();
    }
  });
});
