import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../os/wait-for.ts';
import {
  type Heard,
  LABEL,
  LOCAL,
  type MachineFolder,
  newMachine,
  type RunningAppliance,
  startAppliance,
} from './rig.ts';

const machines: MachineFolder[] = [];
const running: RunningAppliance[] = [];
afterEach(async () => {
  for (const agent of running.splice(0)) await agent.stop('SIGKILL');
  for (const machine of machines.splice(0)) await machine.remove();
});
async function machineWithAgent() {
  const machine = await newMachine();
  machines.push(machine);
  return { machine, agent: await start(machine) };
}
async function start(machine: MachineFolder): Promise<RunningAppliance> {
  const agent = await startAppliance(machine);
  running.push(agent);
  return agent;
}
const OWNER = { name: 'Ada', password: 'correct horse battery' };
const claim = (agent: RunningAppliance, secret = LABEL.claimSecret) =>
  agent.ask('http', '/api/setup/claim', { method: 'POST', body: { secret, owner: OWNER } });
const codeOf = ({ json }: Heard) => (json as { error?: { code?: string } } | undefined)?.error?.code; // a problem or something else
const cookieOf = ({ headers }: Heard) => headers['set-cookie']?.[0]?.split(';')[0] ?? '';

describe('an appliance without an owner', () => {
  let machine: MachineFolder;
  let agent: RunningAppliance;
  beforeAll(async () => {
    machine = await newMachine();
    agent = await startAppliance(machine);
  });
  afterAll(async () => {
    await agent.stop('SIGKILL');
    await machine.remove();
  });

  test('answers to its names and to the addresses it has, and to no other name', async () => {
    const at = async (host: string) =>
      (await agent.ask('http', '/api/setup/state', { headers: { host } })).status;
    const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
    for (const { address, family } of addresses)
      expect(await at(family === 'IPv6' ? `[${address}]` : address)).toBe(200);
    expect(await at(LOCAL.replace('.local', '-2.local'))).toBe(200); // what avahi makes of a name that is taken
    expect(await at('192.0.2.254')).toBe(421);
    expect(await at('evil.example')).toBe(421);
  });

  test('serves setup on port 80 alone, and takes the code on its label', async () => {
    expect((await agent.ask('http', '/api/setup/state')).json).toMatchObject({
      name: LABEL.name,
      kind: 'appliance',
      state: 'unclaimed',
      secret_kind: 'label',
    });
    expect(await machine.firewall()).toBe('unclaimed\n');
    await waitFor(async () => (await machine.display()).hotspot_address === '10.42.0.1', {
      timeoutMs: 10_000,
      what: 'the setup network to be open',
    });
    expect(await machine.units()).toContain('start --no-ask-password --quiet b3iq-firewall.service\n');
    await expect(agent.ask('api', '/health')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(agent.ask('https', '/health')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(codeOf(await agent.ask('http', '/v1/models'))).toBe('node_unclaimed');

    expect(codeOf(await claim(agent, 'N7K42QRT'))).toBe('claim_secret_wrong');
    const claimed = await claim(agent, 'n7k4-2qrs');
    expect(claimed.status).toBe(201);
    await waitFor(async () => (await machine.firewall()) === 'claimed-hotspot\n', {
      timeoutMs: 5_000,
      what: 'the doors to open',
    });
    expect((await agent.ask('api', '/health')).json).toMatchObject({ state: 'claimed' });
    expect((await agent.ask('https', '/health')).status).toBe(200);
    expect(await machine.display()).toMatchObject({ name: LABEL.name, state: 'claimed' });
  });
});

describe('an appliance with an owner', () => {
  let machine: MachineFolder;
  let agent: RunningAppliance;
  /** The session cookie that came with the claim. */
  let plain: string;
  beforeAll(async () => {
    machine = await newMachine();
    agent = await startAppliance(machine);
    plain = cookieOf(await claim(agent));
  });
  afterAll(async () => {
    await agent.stop('SIGKILL');
    await machine.remove();
  });

  test('https and http each have a session cookie of their own, and neither is taken at the other door', async () => {
    const signIn = await agent.ask('https', '/api/session', { method: 'POST', body: OWNER });
    expect(signIn.headers['set-cookie']?.[0]).toMatch(
      /^__Host-b3iq_session=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/,
    );
    const secure = cookieOf(signIn);
    expect(plain).toMatch(/^b3iq_session=/);
    const seen = async (door: 'http' | 'https' | 'api', cookie: string) =>
      (await agent.ask(door, '/api/session', { headers: { cookie } })).status;
    expect(await seen('http', plain)).toBe(200);
    expect(await seen('api', plain)).toBe(200);
    expect(await seen('https', secure)).toBe(200);
    expect(await seen('https', plain)).toBe(401);
    expect(await seen('http', secure)).toBe(401);
  });

  test('a page that came over plain http may not call the https door', async () => {
    const cookie = cookieOf(await agent.ask('https', '/api/session', { method: 'POST', body: OWNER }));
    const from = (origin: string) => agent.ask('https', '/api/status', { headers: { cookie, origin } });
    expect((await from(`https://${LOCAL}`)).status).toBe(200);
    expect(codeOf(await from(`http://${LOCAL}`))).toBe('cross_origin_refused');
  });

  test('the certificate on 443 is the one the owner is told, and another is shown at once', async () => {
    const answer = await agent.ask('http', '/api/certificate', { headers: { cookie: plain } });
    expect(answer.json).toMatchObject({ kind: 'own', names: expect.arrayContaining([LOCAL]) });
    const { fingerprint_sha256: fingerprint } = answer.json as { fingerprint_sha256: string }; // matched above
    expect(await machine.display()).toMatchObject({ fingerprint_sha256: fingerprint });
    const own = await readFile(machine.place('state/tls-own.pem'), 'utf8');
    expect((await stat(machine.place('state/tls-own.pem'))).mode & 0o777).toBe(0o600);
    const refused = await agent.ask('http', '/api/certificate', {
      method: 'PUT',
      headers: { cookie: plain },
      body: { certificate_pem: own.slice(own.indexOf('-----BEGIN CERT')), private_key_pem: 'no key' },
    });
    expect(codeOf(refused)).toBe('certificate_refused');
  });
});

test('after the claim the label is dead, over a restart and with a newer epoch; a reset that took the owner’s data re-arms it', async () => {
  const { machine, agent } = await machineWithAgent();
  await claim(agent);
  await agent.stop();
  await machine.seal('second');
  const again = await start(machine);
  expect(codeOf(await claim(again))).toBe('already_claimed');
  await again.stop();

  for (const file of await readdir(machine.place('state')))
    await rm(machine.place(`state/${file}`), { recursive: true });
  await machine.seal('third');
  const reset = await start(machine);
  expect((await reset.ask('http', '/api/setup/state')).json).toMatchObject({
    name: LABEL.name,
    state: 'unclaimed',
    secret_kind: 'label',
  });
  expect((await claim(reset)).status).toBe(201);
});

test('told to end in the middle of a step of the system, it ends in order all the same', async () => {
  const { machine, agent } = await machineWithAgent();
  const cookie = cookieOf(await claim(agent));
  await machine.slowUnits();
  const body = { action: 'restart' };
  const power = agent.ask('http', '/api/power', { method: 'POST', headers: { cookie }, body });
  await waitFor(async () => (await machine.units()).includes('b3iq-restart'), {
    timeoutMs: 5_000,
    what: 'the step',
  });
  const { exit, log } = await agent.stop();
  expect(exit, log).toBe(0);
  expect(log).toContain('agent.stopped');
  expect((await power).status).toBe(202);
});

test('without its sealed key it does not start, and makes no other', async () => {
  const machine = await newMachine();
  machines.push(machine);
  await rm(machine.place('credentials/identity'));
  await expect(startAppliance(machine)).rejects.toThrow('identity_unavailable');
  expect(await readdir(machine.place('state'))).not.toContain('identity.json');
});

describe('an appliance that is told to restart', () => {
  let machine: MachineFolder;
  let power: Heard;
  let units: string;
  let exit: unknown;
  let log: string;
  beforeAll(async () => {
    machine = await newMachine();
    const agent = await startAppliance(machine);
    const cookie = cookieOf(await claim(agent));
    const body = { action: 'restart' };
    power = await agent.ask('http', '/api/power', { method: 'POST', headers: { cookie }, body });
    units = await machine.units();
    ({ exit, log } = await agent.stop());
  });
  afterAll(() => machine.remove());

  test('asks the system for a unit, and goes down in order', () => {
    expect(power.status).toBe(202);
    expect(units).toContain('--no-block b3iq-restart.service');
    expect(exit, log).toBe(0);
    expect(log).toContain('agent.stopped');
  });

  test('has left nothing secret of its label in a file, a log line or an argument', async () => {
    const files = [
      ...(await readdir(machine.place('state'))).map((f) => `state/${f}`),
      'run/display.json',
      'run/firewall-state',
      'systemctl.log',
    ];
    const texts = await Promise.all(
      files.map((file) => readFile(machine.place(file), 'latin1').catch(() => '')),
    );
    for (const text of [...texts, log]) {
      expect(text).not.toContain(LABEL.claimSecret);
      expect(text).not.toContain(LABEL.hotspotPassword);
    }
  });
});

test('one that cannot start says on its screen why, and what its owner can do', async () => {
  const machine = await newMachine();
  await writeFile(machine.place('state/settings.json'), '{"version":');
  await expect(startAppliance(machine)).rejects.toThrow('the agent ended');
  expect(await machine.display()).toEqual({
    version: 1,
    name: LABEL.name,
    fault: expect.stringContaining('five short presses of its power button'),
  });
  await machine.remove();
});
