/** Pictures of the owner's pages that every machine has. */
import type { FakeMachine } from '../fake-machine.ts';
import { button, dashboard, type Scenes } from './scene.ts';

function withCollector(machine: FakeMachine): void {
  dashboard(machine);
  machine.countsTo = 'otel.house.example:4318';
}

export const DASHBOARD_SCENES: Scenes = {
  overview: {
    path: '/',
    set: dashboard,
    act: async (page) => {
      await page.getByRole('heading', { level: 1, name: /Answering/ }).waitFor();
    },
  },
  'overview-collector': {
    path: '/',
    set: withCollector,
    act: async (page) => {
      await page.locator('main').getByText('Counts of calls go to').waitFor();
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
  'keys-edit': {
    path: '/#/keys',
    set: dashboard,
    act: async (page) => {
      await button(page, 'Edit Notes app');
      await page.getByLabel('When all have to wait').selectOption('Goes first');
    },
  },
  'keys-origins': {
    path: '/#/keys',
    set: (machine) => {
      dashboard(machine);
      machine.origins = ['https://notes.example', 'http://localhost:3000'];
    },
    act: async (page) => {
      await button(page, 'Remove http://localhost:3000');
      await button(page, 'Undo');
      await button(page, 'Remove http://localhost:3000');
      await page.getByLabel('Origin of the page').fill('https://Notes.example/app');
      await button(page, 'Let it call');
      await page.getByText('Expected an origin').waitFor();
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
  'receipts-damaged': {
    path: '/#/receipts',
    set: (machine) => {
      dashboard(machine);
      machine.isLedgerDamaged = true;
    },
    act: async (page) => {
      await page.getByText('no answer is given').waitFor();
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
  'settings-collector': {
    path: '/insight/#/settings',
    set: withCollector,
    act: async (page) => {
      await page.getByText('No prompt, answer, key or caller').waitFor();
    },
  },
  settings: {
    path: '/insight/#/settings',
    set: dashboard,
    act: async (page) => {
      await page.getByText('Signed in as Mira').waitFor();
    },
  },
};
