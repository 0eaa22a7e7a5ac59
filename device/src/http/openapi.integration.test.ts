/** The description as a stranger gets it: nothing before there is an owner, everything afterwards, and no key asked for. */
import { afterEach, expect, it } from 'vitest';
import { type Machine, startMachine } from './fake-machine.ts';

let machine: Machine | undefined;
afterEach(() => machine?.close());

it('is served to anyone once the machine has an owner', async () => {
  machine = await startMachine();
  expect(await machine.ask('/openapi.json')).toMatchObject({
    status: 403,
    json: { error: { code: 'node_unclaimed' } },
  });
  await machine.claimNow();
  const answer = await machine.ask('/openapi.json');
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toContain('application/json');
  expect(answer.json).toMatchObject({ openapi: '3.1.1', info: { version: machine.deps.version } });
  expect((await machine.ask('/openapi.json')).text).toBe(answer.text);
  expect(await machine.ask('/openapi.json', { method: 'POST', body: {} })).toMatchObject({ status: 405 });
});
