import { afterEach, expect, it } from 'vitest';
import { captive } from './captive.ts';
import { type Machine, startMachine } from './fake-machine.ts';

let machine: Machine;
afterEach(() => machine.close());
const onHotspot = () => startMachine({ captive: captive(() => '127.0.0.1') });
const host = 'b3iq-n7k4.local';
const crossing = (origin: string) => ({ headers: { host, origin, 'sec-fetch-site': 'cross-site' } });

it('a page that came by one of our names may ask under another whether the machine is there', async () => {
  machine = await onHotspot();
  const page = await machine.ask('/setup/', { headers: { host: '127.0.0.1' } });
  expect(page.headers['content-security-policy']).toContain(`connect-src 'self' http://${host};`);
  const answer = await machine.ask('/health', crossing('http://127.0.0.1'));
  expect(answer).toMatchObject({ status: 200, json: { status: 'ok' } });
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': 'http://127.0.0.1',
    vary: 'origin',
  });
});

it('and nothing else, nor may anybody else', async () => {
  machine = await onHotspot();
  await machine.ask('/setup/', { headers: { host: '127.0.0.1' } });
  for (const [path, origin] of [
    ['/api/setup/state', 'http://127.0.0.1'],
    ['/health', 'http://evil.example'],
    ['/health', 'https://127.0.0.1'],
    ['/health', 'null'],
    ['/health', 'http://192.168.7.9'], // one of ours, but no page was ever served there
  ] as const) {
    const answer = await machine.ask(path, crossing(origin));
    expect(answer.json, `${path} ${origin}`).toMatchObject({ error: { code: 'cross_origin_refused' } });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  }
});

it('a Host’s pages ask nobody but itself', async () => {
  machine = await startMachine();
  const page = await machine.ask('/setup/', { headers: { host: '127.0.0.1' } });
  expect(page.headers['content-security-policy']).toContain("connect-src 'self';");
});
