/** Pages of other sites: nothing unless the owner has named them, and then exactly them, without cookies. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { expect, it } from 'vitest';
import { CHAT, chatBody, rigStarter } from './test-rig.ts';

const start = rigStarter();
const APP = 'https://app.example';

/** What a browser asks before it calls. */
function preflight(port: number, origin: string, more: Record<string, string> = {}, path = CHAT) {
  return new Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders }>(
    (resolve, reject) => {
      const headers = { origin, 'access-control-request-method': 'POST', ...more };
      const options = { host: '127.0.0.1', port, path, method: 'OPTIONS', headers, agent: false };
      httpRequest(options, (response) => {
        response
          .resume()
          .on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
      })
        .on('error', reject)
        .end();
    },
  );
}
const allowed = ({ headers }: { readonly headers: IncomingHttpHeaders }) =>
  headers['access-control-allow-origin'];

it('is off: no page of another site is answered so that it could read it', async () => {
  const rig = await start();
  expect(allowed(await preflight(rig.port, APP))).toBeUndefined();
  expect((await preflight(rig.port, APP)).status).toBe(401);
  const reply = await rig.post(CHAT, await rig.key(), chatBody(), { origin: APP });
  expect(reply.status).toBe(200);
  expect(allowed(reply)).toBeUndefined();
});

it('answers the question of a named page without a key, and its call with one', async () => {
  const rig = await start({ origins: [APP] });
  const asked = await preflight(rig.port, APP, {
    'access-control-request-headers': 'authorization, content-type, X-Stainless-Lang, b@d',
  });
  expect(asked).toMatchObject({
    status: 204,
    headers: {
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization, content-type, x-stainless-lang',
      vary: 'origin',
    },
  });
  expect(asked.headers).not.toHaveProperty('access-control-allow-credentials');
  expect(asked.headers).not.toHaveProperty('access-control-allow-private-network');
  for (const stream of [false, true]) {
    const reply = await rig.post(CHAT, await rig.key(), chatBody({ stream }), { origin: APP });
    expect(reply.status).toBe(200);
    expect(allowed(reply)).toBe(APP);
    expect(reply.headers['access-control-expose-headers']).toContain('b3iq-receipt');
  }
  // A refusal can be read too, or the page could not say what is wrong.
  const refused = await rig.post(CHAT, undefined, chatBody(), { origin: APP });
  expect(refused.status).toBe(401);
  expect(allowed(refused)).toBe(APP);
});

it('lets a page on the internet ask for a machine in the house', async () => {
  const rig = await start({ origins: [APP] });
  const asked = await preflight(rig.port, APP, { 'access-control-request-private-network': 'true' });
  expect(asked.headers['access-control-allow-private-network']).toBe('true');
});

it('knows only the exact origin', async () => {
  const rig = await start({ origins: [APP] });
  for (const origin of [
    'http://app.example',
    'https://app.example:8443',
    'https://app.example.evil.test',
    'https://evil-app.example',
    'https://APP.example',
    'null',
    '*',
  ])
    expect(allowed(await preflight(rig.port, origin)), origin).toBeUndefined();
});

it('follows the owner at once, and opens no path that is the owner’s', async () => {
  const origins = [APP];
  const rig = await start({ origins });
  expect(allowed(await preflight(rig.port, APP))).toBe(APP);
  expect((await preflight(rig.port, APP, {}, '/v1/receipts')).status).toBe(299); // not the endpoint’s
  origins.pop();
  expect(allowed(await preflight(rig.port, APP))).toBeUndefined();
});

it('changes nothing about which names the machine answers to', async () => {
  const rig = await start({ origins: [APP] });
  expect(await preflight(rig.port, APP, { host: 'evil.example' })).toMatchObject({ status: 421 });
});
