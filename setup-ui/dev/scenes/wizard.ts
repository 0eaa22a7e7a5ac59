/** Pictures of setup and of the owner's door, but for the network page. */
import type { Page } from 'playwright-core';
import { PASSWORD, refuse } from '../fake-route.ts';
import { appliance, button, type Scenes } from './scene.ts';

const LINK = '#token=preview-token-0001';

async function fillClaim(page: Page, password: string): Promise<void> {
  await page.getByLabel('Your name').fill('Mira');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Show password' }).first().click();
}

export const WIZARD_SCENES: Scenes = {
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
    act: (page) => page.getByLabel('Setup code').fill('7k4mq2x'),
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
      await page.getByLabel('Setup code').fill('AAAA-BBBB');
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
  'not-found': { path: '/nowhere' },
};
