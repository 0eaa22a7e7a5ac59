import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Machine, startMachine } from '../http/fake-machine.ts';
import { BUNDLE_FILES, NEVER } from './contents.ts';

let machine: Machine;
let cookie: string;
beforeAll(async () => {
  machine = await startMachine();
  ({ cookie } = await machine.claimNow());
});
afterAll(() => machine.close());

it('shows the owner what a bundle would hold, and gives it as a file', async () => {
  const headers = { cookie };
  expect((await machine.ask('/api/support/contents', { headers })).json).toEqual({
    files: BUNDLE_FILES,
    never: NEVER,
  });
  const answer = await machine.ask('/api/support/bundle', { headers });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/gzip',
    'content-disposition': 'attachment; filename=b3iq-support-20260101T0000.tar.gz',
  });
  expect(answer.text).toBe('\u0001\u0002\u0003');
});

it('gives it to nobody else', async () => {
  for (const path of ['/api/support/contents', '/api/support/bundle'])
    expect((await machine.ask(path)).status).toBe(401);
});
