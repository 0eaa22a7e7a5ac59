import { get } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { waitFor } from '../os/wait-for.ts';
import { type Answer, type MachineOptions, startMachine } from './fake-machine.ts';

const password = 'correct horse battery';
const problem = (code: string) => ({ error: { code } });

async function machineFor(options?: MachineOptions) {
  const machine = await startMachine(options);
  onTestFinished(() => machine.close());
  const post = (path: string, body?: unknown, cookie?: string): Promise<Answer> =>
    machine.ask(path, { method: 'POST', body, ...(cookie === undefined ? {} : { headers: { cookie } }) });
  const claimWith = (secret: string, name = 'Ada') =>
    post('/api/setup/claim', { secret, owner: { name, password } });
  return { ...machine, post, claimWith };
}
/** The cookie to send back. */
const cookieOf = (answer: Answer) => answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';

describe('the claim over HTTP', () => {
  it('goes from a minted link to an owner with a safe cookie', async () => {
    const { ask, claim, post, claimWith } = await machineFor();
    expect((await ask('/api/setup/state')).json).toMatchObject({
      name: 'B3IQ-N7K4',
      state: 'unclaimed',
      step: 'welcome',
      secret_kind: 'token',
      tries_left: 5,
      locked_for_s: 0,
      network_step: false,
      signed_in: false,
      hardware: { passed: true },
      model: { id: 'b3iq-selftest', self_test: true },
      notice: null,
    });
    const minted = await ask('/api/setup/token', { method: 'POST', operator: true, body: {} });
    expect(minted.json).toMatchObject({
      expires_in_s: 86_400,
      url: expect.stringMatching(/\/setup\/#token=.{43}$/),
    });
    const { token } = await claim.mintToken();
    const claimed = await claimWith(token);
    expect(claimed).toMatchObject({
      status: 201,
      json: { owner: { name: 'Ada' }, recovery_code: expect.any(String) },
    });
    const [cookie = ''] = claimed.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^b3iq_session=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
    const headers = { cookie: cookieOf(claimed) };
    expect((await ask('/api/setup/state', { headers })).json).toMatchObject({
      step: 'claim',
      signed_in: true,
    });
    expect((await ask('/api/session', { headers })).json).toEqual({ owner: { name: 'Ada' } });
    expect((await claimWith(token)).json).toMatchObject(problem('already_claimed'));
    expect((await post('/api/setup/token', {}, headers.cookie)).json).toMatchObject(problem('forbidden'));
  });

  it('has one winner of two at once', async () => {
    const { claim, claimWith } = await machineFor();
    const { token } = await claim.mintToken();
    const answers = await Promise.all([claimWith(token, 'Ada'), claimWith(token, 'Bob')]);
    expect(answers.map((a) => a.status).sort()).toEqual([201, 409]);
  });

  it('locks after five wrong tries and says for how long', async () => {
    const { ask, claim, claimWith } = await machineFor();
    const { token } = await claim.mintToken();
    for (let left = 4; left >= 0; left--) {
      expect((await claimWith('w'.repeat(43))).json).toMatchObject(problem('claim_secret_wrong'));
      expect((await ask('/api/setup/state')).json).toMatchObject({ tries_left: left });
    }
    const locked = await claimWith(token);
    expect(locked).toMatchObject({ status: 429, json: problem('claim_locked') });
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(890);
    expect((await ask('/api/setup/state')).json).toMatchObject({ locked_for_s: 900 });
  });

  it('leaves the secret usable when the disk is full', async () => {
    const { claim, claimWith, store } = await machineFor();
    const { token } = await claim.mintToken();
    store.failNext(1);
    expect(await claimWith(token)).toMatchObject({ status: 507, json: problem('store_write_failed') });
    expect((await claimWith(token)).status).toBe(201);
  });

  it.each([
    ['a short password', { secret: 'x', owner: { name: 'Ada', password: 'short' } }, 'owner.password'],
    ['a name of control marks', { secret: 'x', owner: { name: 'A\u202eda', password } }, 'owner.name'],
    ['no name', { secret: 'x', owner: { name: '   ', password } }, 'owner.name'],
    ['no secret', { secret: '', owner: { name: 'Ada', password } }, 'secret'],
    ['another field', { secret: 'x', owner: { name: 'Ada', password, role: 'root' } }, 'owner'],
  ])('with %s is refused and changes nothing', async (_what, body, field) => {
    const { claim, post, store } = await machineFor();
    await claim.mintToken();
    const writes = store.writes();
    const answer = await post('/api/setup/claim', body);
    expect(answer).toMatchObject({ status: 400, json: problem('invalid_request') });
    expect(answer.text).toContain(`\`${field}\``);
    expect(store.writes()).toBe(writes);
  });
});

describe('sessions over HTTP', () => {
  it('begin with the password and end with sign-out', async () => {
    const { ask, post, claimNow } = await machineFor();
    await claimNow();
    expect((await post('/api/session', { name: 'Ada', password: 'wrong' })).json).toMatchObject(
      problem('sign_in_refused'),
    );
    const signedIn = await post('/api/session', { name: 'ada', password });
    expect(signedIn.json).toEqual({ owner: { name: 'Ada' } });
    const headers = { cookie: `other=1; b3iq_session=forged; ${cookieOf(signedIn)}` };
    expect((await ask('/api/status', { headers })).status).toBe(200);
    const out = await ask('/api/session', { method: 'DELETE', headers });
    expect(out.status).toBe(204);
    expect(out.headers['set-cookie']?.[0]).toMatch(/^b3iq_session=; Path=\/; Max-Age=0; HttpOnly/);
    expect((await ask('/api/status', { headers })).json).toMatchObject(problem('unauthorized'));
    expect((await ask('/api/session', { method: 'DELETE', headers })).status).toBe(204);
  });

  it('are locked after ten wrong tries; the unix socket still works', async () => {
    const { ask, post, claimNow } = await machineFor();
    await claimNow();
    for (let i = 0; i < 10; i++) await post('/api/session', { name: 'Ada', password: `wrong ${i}` });
    const locked = await post('/api/session', { name: 'Ada', password });
    expect(locked).toMatchObject({ status: 429, json: problem('sign_in_locked') });
    expect(locked.headers['retry-after']).toBeDefined();
    const body = { password };
    const fresh = await ask('/api/owner/recovery-code', { method: 'POST', operator: true, body });
    expect(fresh.json).toMatchObject({ owner: { name: 'Ada' }, recovery_code: expect.any(String) });
  });

  it('all end when the password is recovered, all others when it is changed', async () => {
    const { ask, post, claimNow } = await machineFor();
    const { cookie, recoveryCode } = await claimNow();
    const wrong = { recovery_code: '0000-0000-0000-0000-0000-0000', new_password: 'a new password' };
    expect((await post('/api/session/recover', wrong)).json).toMatchObject(problem('recovery_code_wrong'));
    const recovered = await post('/api/session/recover', { ...wrong, recovery_code: recoveryCode });
    expect(recovered.json).toMatchObject({ owner: { name: 'Ada' } });
    expect((await ask('/api/status', { headers: { cookie } })).status).toBe(401);
    const mine = cookieOf(recovered);
    const other = cookieOf(await post('/api/session', { name: 'Ada', password: 'a new password' }));
    const change = { password: 'a new password', new_password: 'yet another one' };
    expect((await post('/api/owner/password', change, mine)).status).toBe(204);
    expect((await ask('/api/status', { headers: { cookie: mine } })).status).toBe(200);
    expect((await ask('/api/status', { headers: { cookie: other } })).status).toBe(401);
  });
});

describe('the wizard’s progress', () => {
  it('is kept, may go back, and needs the owner', async () => {
    const { post, claimNow } = await machineFor();
    const { cookie } = await claimNow();
    expect((await post('/api/setup/progress', { step: 'endpoint' })).json).toMatchObject(
      problem('unauthorized'),
    );
    for (const step of ['endpoint', 'first-answer', 'done'])
      expect((await post('/api/setup/progress', { step }, cookie)).json).toMatchObject({ step });
    expect((await post('/api/setup/progress', { step: 'network' }, cookie)).json).toMatchObject({
      step: 'first-answer',
    });
    expect((await post('/api/setup/progress', { step: 'root' }, cookie)).json).toMatchObject(
      problem('invalid_request'),
    );
  });
});

describe('networks over HTTP', () => {
  it('are not there on a Host', async () => {
    const { ask, claimNow } = await machineFor();
    const { cookie } = await claimNow();
    expect((await ask('/api/setup/networks', { headers: { cookie } })).json).toMatchObject(
      problem('network_unavailable'),
    );
  });

  it('are scanned and joined by the owner', async () => {
    const { ask, post, claimNow } = await machineFor({ wifi: true });
    const { cookie } = await claimNow();
    expect((await ask('/api/setup/state')).json).toMatchObject({ network_step: true, step: 'claim' });
    const scan = await post('/api/setup/networks/scan', {}, cookie);
    expect(scan.json).toMatchObject({ age_s: 0, join: { kind: 'idle' } });
    expect(scan.text).toContain('"ssid":"Maple"');
    const join = { ssid_hex: Buffer.from('Maple').toString('hex'), password: 'correct horse' };
    expect(await post('/api/setup/networks/join', join, cookie)).toMatchObject({ status: 202 });
    await waitFor(
      async () =>
        (await ask('/api/setup/networks', { headers: { cookie } })).text.includes('"kind":"joined"'),
      { timeoutMs: 5_000, what: 'the network to be joined' },
    );
    for (const bad of [
      { ssid_hex: 'zz' },
      { ssid_hex: '' },
      { ssid_hex: 'AA'.repeat(33) },
      { ...join, wep: 1 },
    ])
      expect((await post('/api/setup/networks/join', bad, cookie)).json).toMatchObject(
        problem('invalid_request'),
      );
  });
});

describe('the event stream', () => {
  /** A stream that is being read. */
  function listen(port: number, cookie: string) {
    const stream = { text: '', ended: false, status: 0 };
    const request = get(
      { port, host: '127.0.0.1', path: '/api/events', headers: { cookie }, agent: false },
      (response) => {
        stream.status = response.statusCode ?? 0;
        response.on('data', (part) => (stream.text += String(part)));
        response.on('close', () => (stream.ended = true));
      },
    );
    request.on('error', () => (stream.ended = true));
    return { stream, leave: () => request.destroy() };
  }
  const count = (text: string, part: string) => text.split(part).length - 1;
  const soon = { timeoutMs: 5_000 };

  it('sends the status at once, at each change as one event, and a heartbeat', async () => {
    const machine = await machineFor({ heartbeatMs: 300 });
    const { cookie } = await machine.claimNow();
    const { stream, leave } = listen(machine.port, cookie);
    await waitFor(() => count(stream.text, 'event: status') === 1, { ...soon, what: 'the first status' });
    expect(stream.text).toMatch(/^event: status\ndata: \{.*"name":"B3IQ-N7K4".*\}\n\n$/);
    for (let i = 0; i < 50; i++) machine.changed();
    await waitFor(() => count(stream.text, 'event: status') === 2, { ...soon, what: 'the second status' });
    await waitFor(() => stream.text.includes(': heartbeat'), { ...soon, what: 'a heartbeat' });
    leave();
    await waitFor(() => machine.listeners() === 0, { ...soon, what: 'the listener to be forgotten' });
  });

  it('ends with the session, and when the agent stops', async () => {
    const machine = await machineFor();
    const { cookie } = await machine.claimNow();
    const other = cookieOf(await machine.post('/api/session', { name: 'Ada', password }));
    const [first, second] = [listen(machine.port, cookie), listen(machine.port, other)];
    await waitFor(() => second.stream.text !== '' && first.stream.text !== '', {
      ...soon,
      what: 'both streams',
    });
    await machine.ask('/api/session', { method: 'DELETE', headers: { cookie: other } });
    machine.changed();
    await waitFor(() => second.stream.ended, { ...soon, what: 'the stream of the ended session to end' });
    expect(first.stream.ended).toBe(false);
    machine.stop();
    await waitFor(() => first.stream.ended, { ...soon, what: 'the last stream to end' });
  });

  it('takes a bounded number of listeners', async () => {
    const machine = await machineFor();
    const { cookie } = await machine.claimNow();
    const streams = Array.from({ length: 32 }, () => listen(machine.port, cookie));
    await waitFor(() => streams.every(({ stream }) => stream.status === 200), {
      ...soon,
      what: 'all streams',
    });
    expect(await machine.ask('/api/events', { headers: { cookie } })).toMatchObject({
      status: 429,
      json: problem('queue_full'),
    });
    for (const { leave } of streams) leave();
  });
});

describe('what never leaves its place', () => {
  it('is in no log line and not in the settings', async () => {
    const machine = await machineFor();
    const { token } = await machine.claim.mintToken();
    await machine.post('/api/setup/claim', {
      secret: `${'marker'.repeat(7)}x`,
      owner: { name: 'Ada', password },
    });
    const claimed = await machine.claimWith(token);
    await machine.post('/api/session', { name: 'Ada', password: 'marker-password' });
    const secrets = [token, password, 'marker', cookieOf(claimed).slice(13), 'Ada'];
    for (const secret of secrets) expect(machine.log.lines.join('\n')).not.toContain(secret);
    for (const secret of secrets.slice(0, 4))
      expect(JSON.stringify(machine.store.read())).not.toContain(secret);
  });
});
