/** Pictures of what only an appliance has: network, updates, the box, and a machine that has lost its network. */
import type { UpdateAnswer } from '@b3iq/wire/local-api';
import type { Page } from 'playwright-core';
import { NEWER } from '../fake-appliance.ts';
import type { FakeMachine } from '../fake-machine.ts';
import { PASSWORD } from '../fake-route.ts';
import { applianceDashboard, button, type Scenes } from './scene.ts';

function updating(change: Partial<UpdateAnswer>): (machine: FakeMachine) => void {
  return (machine) => {
    applianceDashboard(machine);
    machine.appliance.update = { ...machine.appliance.update, ...change };
  };
}
function lost(machine: FakeMachine): void {
  applianceDashboard(machine);
  machine.setup = { ...machine.setup, state: 'claimed-recovering' };
  machine.networks = { ...machine.networks, current: null, hotspot: { ssid: 'B3IQ-N7K4', up: true } };
}
const heading = async (page: Page, name: string | RegExp): Promise<void> => {
  await page.getByRole('heading', { name }).first().waitFor();
};
const updates = '/machine/#/updates';
const box = '/machine/#/machine';

export const MACHINE_SCENES: Scenes = {
  'overview-appliance': {
    path: '/',
    set: updating({ available: NEWER }),
    act: (page) => heading(page, /Answering/),
  },
  'overview-lost': { path: '/', set: lost, act: (page) => heading(page, /Answering/) },
  'sign-in-lost': {
    path: '/sign-in/',
    set: (machine) => {
      lost(machine);
      machine.setup = { ...machine.setup, signed_in: false };
    },
  },
  more: {
    path: '/insight/#/more',
    set: updating({ available: NEWER }),
    act: (page) => heading(page, 'More'),
  },
  'net-view': { path: '/machine/#/network', set: applianceDashboard, act: (page) => heading(page, 'In use') },
  'net-view-both': {
    path: '/machine/#/network',
    set: (machine) => {
      applianceDashboard(machine);
      machine.networks = { ...machine.networks, wired: { address: '10.0.0.7', internet: false } };
    },
    act: async (page) => {
      await heading(page, 'In use');
      await button(page, 'Forget');
    },
  },
  'net-view-change': {
    path: '/machine/#/network',
    set: applianceDashboard,
    act: async (page) => {
      await heading(page, 'In use');
      await button(page, 'Choose');
      await page.getByRole('button', { name: /^Office-5G/ }).click();
    },
  },
  'net-view-lost': { path: '/machine/#/network', set: lost, act: (page) => heading(page, 'Another Wi-Fi') },
  updates: { path: updates, set: applianceDashboard, act: (page) => heading(page, 'Up to date') },
  'updates-checking': {
    path: updates,
    set: updating({ state: { kind: 'checking' } }),
    act: async (page) => {
      await page.getByText('Looking for a newer version').waitFor();
    },
  },
  'updates-found': {
    path: updates,
    set: updating({ available: NEWER }),
    act: async (page) => {
      await heading(page, /ready to install/);
      await page.getByText('Later', { exact: true }).click();
    },
  },
  'updates-postponed': {
    path: updates,
    set: updating({
      available: { ...NEWER, from: 'usb' },
      postponed_until: '2026-11-23T00:00:00.000Z',
      automatic: false,
      source_url: null,
    }),
    act: (page) => heading(page, /ready to install/),
  },
  'updates-installing': {
    path: updates,
    set: updating({
      available: NEWER,
      state: {
        kind: 'installing',
        version: '13',
        phase: 'downloading',
        done_bytes: 143_000_000,
        total_bytes: 386_400_000,
        left_s: 96,
      },
    }),
    act: (page) => heading(page, /Installing/),
  },
  'updates-ready': {
    path: updates,
    set: updating({ available: NEWER, state: { kind: 'ready', version: '13' } }),
    act: (page) => heading(page, /is installed/),
  },
  'updates-trial': {
    path: updates,
    set: updating({ state: { kind: 'trial', version: '13', tries_left: 2 } }),
    act: (page) => heading(page, /proving itself/),
  },
  'updates-rolled-back': {
    path: updates,
    set: updating({
      last: {
        version: '13',
        at: '2026-11-10T03:20:00.000Z',
        outcome: 'rolled-back',
        reason: 'It started three times and did not answer within four minutes.',
      },
    }),
    act: (page) => heading(page, 'Nothing to install'),
  },
  'updates-refused': {
    path: updates,
    set: updating({
      last: {
        version: '13',
        at: '2026-11-10T03:20:00.000Z',
        outcome: 'refused',
        reason: 'Its signature is not from us.',
      },
    }),
    act: (page) => heading(page, 'Nothing to install'),
  },
  machine: { path: box, set: applianceDashboard, act: (page) => heading(page, 'The box') },
  'machine-factory': {
    path: box,
    set: (machine) => {
      applianceDashboard(machine);
      const { appliance } = machine;
      appliance.facts = { ...appliance.facts, sealed_by: 'factory', recovery_key_given: true };
      appliance.certificate = { ...appliance.certificate, kind: 'installed', names: ['ai.example.com'] };
    },
    act: (page) => heading(page, 'The box'),
  },
  'machine-certificate': {
    path: box,
    set: applianceDashboard,
    act: async (page) => {
      await button(page, 'Install your own');
      await page.getByLabel('Certificate', { exact: true }).fill('-----BEGIN PRIVATE KEY-----');
      await button(page, 'Install certificate');
    },
  },
  'machine-disk-key': {
    path: box,
    set: applianceDashboard,
    act: async (page) => {
      await page.getByLabel('Your password', { exact: true }).first().fill(PASSWORD);
      await button(page, 'Make the key');
      await heading(page, 'Keep this disk recovery key');
    },
  },
  'machine-restart': {
    path: box,
    set: applianceDashboard,
    act: async (page) => {
      await button(page, 'Restart');
      await heading(page, /Restart B3IQ/);
    },
  },
  'machine-restarting': {
    path: box,
    set: applianceDashboard,
    act: async (page) => {
      await button(page, 'Restart');
      await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).click();
      await heading(page, /is restarting/);
    },
  },
  'machine-reset': {
    path: box,
    set: applianceDashboard,
    act: async (page) => {
      await button(page, 'Empty this machine');
      await page.getByRole('dialog').getByLabel('Your password', { exact: true }).fill('x');
      await button(page, 'Destroy everything and restart');
    },
  },
  'machine-emptied': {
    path: box,
    set: applianceDashboard,
    act: async (page) => {
      await button(page, 'Empty this machine');
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Type B3IQ-N7K4').fill('b3iq-n7k4');
      await dialog.getByLabel('Your password', { exact: true }).fill(PASSWORD);
      await button(page, 'Destroy everything and restart');
      await heading(page, /being emptied/);
    },
  },
};
