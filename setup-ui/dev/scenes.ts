/** Every page and state worth a picture: how the machine stands, where to look, what to do there. */
import type { Page } from 'playwright-core';
import { type Override, PASSWORD, refuse } from './fake-api.ts';
import type { FakeMachine } from './fake-machine.ts';

export interface Scene {
  readonly path: string;
  readonly set?: (machine: FakeMachine, overrides: Map<string, Override>) => void;
  readonly act?: (page: Page, machine: FakeMachine) => Promise<void>;
}

const LINK = '#token=preview-token-0001';

function appliance(machine: FakeMachine): void {
  machine.setup = { ...machine.setup, kind: 'appliance', secret_kind: 'label', network_step: true };
}
function atNetwork(machine: FakeMachine): void {
  appliance(machine);
  machine.claimed('network');
}
function dashboard(machine: FakeMachine): void {
  machine.claimed('done');
  const hours = (ago: number): string => new Date(Date.now() - ago * 3_600_000).toISOString();
  machine.addKey('Notes app', { tokens_today: 1284, last_used_at: hours(0.2), requests_per_minute: 60 });
  machine.addKey('Home automation', {
    tokens_today: 211,
    last_used_at: hours(3),
    tokens_per_day: 50_000,
    concurrency: 2,
    models: ['b3iq-selftest'],
    expires_at: '2027-03-01T00:00:00.000Z',
  });
  machine.addKey('Grafana', { scopes: ['metrics'] });
  machine.addKey('Old laptop', { revoked_at: hours(30) });
  for (let i = 12; i > 0; i -= 1)
    machine.ledger.add({
      at: hours(i / 3),
      caller: i % 3 === 0 ? 'owner' : 'key_a81Kd02mQ7fZ4bTx',
      status: i === 5 ? 'aborted' : i === 9 ? 'failed' : 'completed',
      completion_tokens: 12 + i * 7,
      token_source: i === 9 ? 'estimated' : 'engine',
    });
}
async function fillClaim(page: Page, password: string): Promise<void> {
  await page.getByLabel('Your name').fill('Mira');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Show password' }).first().click();
}
const button = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();

export const SCENES: Readonly<Record<string, Scene>> = {
  'welcome-host': { path: `/setup/${LINK}`, act: (page) => page.getByText('Hardware scan passed').click() },
  'welcome-no-token': { path: '/setup/' },
  'welcome-scan-failed': {
    path: '/setup/',
    set: (machine) => {
      appliance(machine);
      machine.setup = {
        ...machine.setup,
        notice:
          'The settings file was cut off at the last power cut. The last good copy from 12:04 is in use.',
        hardware: {
          passed: false,
          checks: machine.setup.hardware.checks.map((check) =>
            check.id === 'memory'
              ? {
                  ...check,
                  ok: false,
                  value: '7.4 GB',
                  advice:
                    'Small models fit; larger ones will not load. Add memory, or choose models under 4 GB.',
                }
              : check,
          ),
        },
      };
    },
  },
  'welcome-identity-lost': {
    path: '/setup/',
    set: (machine) => {
      machine.setup = { ...machine.setup, state: 'identity-lost' };
    },
  },
  claim: { path: `/setup/claim/${LINK}` },
  'claim-label': {
    path: '/setup/claim/',
    set: appliance,
    act: (page) => page.getByLabel('Code on the label').fill('7k4mq2x'),
  },
  'claim-errors': {
    path: '/setup/claim/',
    act: async (page) => {
      await page.getByLabel('Password', { exact: true }).fill('short');
      await button(page, 'Become the owner');
    },
  },
  'claim-wrong': {
    path: '/setup/claim/',
    set: appliance,
    act: async (page) => {
      await page.getByLabel('Code on the label').fill('AAAA-BBBB');
      await fillClaim(page, PASSWORD);
      await button(page, 'Become the owner');
      await page.getByRole('alert').first().waitFor();
    },
  },
  'claim-locked': {
    path: '/setup/claim/',
    set: (machine) => {
      appliance(machine);
      machine.setup = { ...machine.setup, tries_left: 0, locked_for_s: 754 };
    },
  },
  'claim-reconnecting': {
    path: '/setup/claim/',
    act: async (page) => {
      await page.getByLabel('Your name').fill('Mira');
      await page.route('**/api/**', (route) => route.abort());
      await page.getByText('Reconnecting…').waitFor({ timeout: 9000 });
    },
  },
  recovery: {
    path: `/setup/claim/${LINK}`,
    act: async (page) => {
      await fillClaim(page, PASSWORD);
      await button(page, 'Become the owner');
      await page.getByRole('heading', { name: 'Keep this recovery code' }).waitFor();
    },
  },
  'recovery-again': { path: '/setup/claim/', set: (machine) => machine.claimed('claim') },
  network: {
    path: '/setup/network/',
    set: atNetwork,
    act: (page) => page.getByRole('button', { name: /^Maple Password/ }).click(),
  },
  'network-failed': {
    path: '/setup/network/',
    set: (machine) => {
      atNetwork(machine);
      machine.networks = {
        ...machine.networks,
        join: { kind: 'failed', ssid: 'Maple', reason: 'wrong-password' },
      };
    },
  },
  'network-joining': {
    path: '/setup/network/',
    set: (machine) => {
      atNetwork(machine);
      machine.networks = { ...machine.networks, join: { kind: 'joining', ssid: 'Maple', phase: 'address' } };
    },
  },
  'network-joined': {
    path: '/setup/network/',
    set: (machine) => {
      atNetwork(machine);
      machine.networks = {
        ...machine.networks,
        join: { kind: 'joined', ssid: 'Maple', address: '192.168.1.20', internet: true },
      };
    },
  },
  'network-hidden': {
    path: '/setup/network/',
    set: atNetwork,
    act: async (page) => {
      await page.getByRole('button', { name: 'Another network…' }).click();
      await page.getByRole('button', { name: 'Join this network' }).click();
    },
  },
  'network-empty': {
    path: '/setup/network/',
    set: (machine) => {
      atNetwork(machine);
      machine.networks = { ...machine.networks, networks: [] };
    },
  },
  'first-answer': { path: '/setup/first-answer/', set: (machine) => machine.claimed() },
  'first-answer-writing': {
    path: '/setup/first-answer/',
    set: (machine) => machine.claimed(),
    act: async (page, machine) => {
      machine.pieceMs = 400;
      await button(page, 'Does my data leave this machine?');
      await page.getByText('No. In local').waitFor();
    },
  },
  'first-answer-done': {
    path: '/setup/first-answer/',
    set: (machine) => machine.claimed(),
    act: async (page) => {
      await button(page, 'Does my data leave this machine?');
      await page.getByRole('button', { name: 'Next' }).waitFor();
    },
  },
  'first-answer-starting': {
    path: '/setup/first-answer/',
    set: (machine) => {
      machine.claimed();
      if (machine.setup.model !== null)
        machine.setup = { ...machine.setup, model: { ...machine.setup.model, state: 'starting' } };
    },
  },
  'first-answer-failed': {
    path: '/setup/first-answer/',
    set: (machine) => {
      machine.claimed();
      if (machine.setup.model !== null)
        machine.setup = {
          ...machine.setup,
          model: {
            ...machine.setup.model,
            state: 'failed',
            reason: 'The model file is damaged: its header names more tensors than the file holds.',
          },
        };
    },
  },
  endpoint: { path: '/setup/endpoint/', set: (machine) => machine.claimed('endpoint') },
  'endpoint-key': {
    path: '/setup/endpoint/',
    set: (machine) => machine.claimed('endpoint'),
    act: async (page) => {
      await button(page, 'Make a key');
      await page.getByRole('tab', { name: 'Python' }).click();
    },
  },
  'sign-in': {
    path: '/sign-in/',
    set: (machine) => {
      machine.claimed('done');
      machine.setup = { ...machine.setup, signed_in: false };
    },
  },
  'sign-in-wrong': {
    path: '/sign-in/',
    set: (machine) => {
      machine.claimed('done');
      machine.setup = { ...machine.setup, signed_in: false };
    },
    act: async (page) => {
      await page.getByLabel('Your name').fill('Mira');
      await page.getByLabel('Password', { exact: true }).fill('not the password');
      await button(page, 'Sign in');
      await page.getByRole('alert').first().waitFor();
    },
  },
  'sign-in-locked': {
    path: '/sign-in/',
    set: (machine, overrides) => {
      machine.claimed('done');
      machine.setup = { ...machine.setup, signed_in: false };
      overrides.set('POST /api/session', (response) =>
        refuse(response, 429, 'sign_in_locked', 'Too many tries', 'Wait.', { 'retry-after': '841' }),
      );
    },
    act: async (page) => {
      await page.getByLabel('Your name').fill('Mira');
      await page.getByLabel('Password', { exact: true }).fill('not the password');
      await button(page, 'Sign in');
      await page.getByText('Too many tries').waitFor();
    },
  },
  'sign-in-recovery': {
    path: '/sign-in/',
    set: (machine) => {
      machine.claimed('done');
      machine.setup = { ...machine.setup, signed_in: false };
    },
    act: (page) => button(page, 'Use the recovery code'),
  },
  overview: {
    path: '/',
    set: dashboard,
    act: async (page) => {
      await page.getByRole('heading', { level: 1, name: /Answering/ }).waitFor();
    },
  },
  'overview-fresh': {
    path: '/',
    set: (machine) => machine.claimed('first-answer'),
    act: async (page) => {
      await page.getByText('Setup is not finished').waitFor();
    },
  },
  playground: {
    path: '/#/playground',
    set: dashboard,
    act: async (page) => {
      await page.getByRole('heading', { level: 1, name: 'Playground' }).waitFor();
    },
  },
  'playground-talk': {
    path: '/#/playground',
    set: dashboard,
    act: async (page) => {
      await page.getByLabel('Message').fill('Does my data leave this machine?');
      await page.getByLabel('Message').press('Enter');
      await page.getByText('14 tokens read').waitFor();
    },
  },
  keys: {
    path: '/#/keys',
    set: dashboard,
    act: async (page) => {
      await page.getByText('Notes app').waitFor();
    },
  },
  'keys-empty': {
    path: '/#/keys',
    set: (machine) => machine.claimed('done'),
    act: async (page) => {
      await page.getByText('No key yet').waitFor();
    },
  },
  'keys-new': {
    path: '/#/keys',
    set: dashboard,
    act: async (page) => {
      await button(page, 'New key');
      await page.getByLabel('Only these').check();
      await page.getByLabel('Requests per minute').fill('lots');
      await button(page, 'Make the key');
    },
  },
  'keys-made': {
    path: '/#/keys',
    set: dashboard,
    act: async (page) => {
      await button(page, 'New key');
      await page.getByLabel('App name').fill('Laptop');
      await button(page, 'Make the key');
      await page.getByText('Shown once').waitFor();
    },
  },
  'keys-revoke': { path: '/#/keys', set: dashboard, act: (page) => button(page, 'Revoke Notes app') },
  receipts: {
    path: '/#/receipts',
    set: dashboard,
    act: async (page) => {
      await button(page, 'Verify whole ledger');
      await page.getByText('in order').waitFor();
    },
  },
  'receipts-empty': {
    path: '/#/receipts',
    set: (machine) => machine.claimed('done'),
    act: async (page) => {
      await page.getByText('No receipt yet').waitFor();
    },
  },
  receipt: {
    path: '/receipt/#rcpt_01KAB3TQ5Z0000000000000006',
    set: dashboard,
    act: async (page) => {
      await button(page, 'Verify');
      await page.getByText('Verified in this browser').waitFor();
    },
  },
  settings: {
    path: '/#/settings',
    set: dashboard,
    act: async (page) => {
      await page.getByText('Signed in as Mira').waitFor();
    },
  },
  'not-found': { path: '/nowhere' },
};
