/** Pictures of the wizard's network page, in each state a radio can bring it into. */
import { JOIN_FAILURES, type JoinFailure, type NetworksAnswer } from '@b3iq/wire/local-api';
import type { Page } from 'playwright-core';
import type { FakeMachine } from '../fake-machine.ts';
import { refuse } from '../fake-route.ts';
import { appliance, button, type Scene, type Scenes } from './scene.ts';

const path = '/setup/network/';

function at(change: Partial<NetworksAnswer> = {}): (machine: FakeMachine) => void {
  return (machine) => {
    appliance(machine);
    machine.claimed('network');
    machine.networks = { ...machine.networks, ...change };
  };
}
const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const choose = async (page: Page, name: RegExp): Promise<void> => {
  await page.getByRole('button', { name }).first().click();
};

/** One picture for each reason, on the network it is likely with. */
const SSIDS: Readonly<Record<JoinFailure, string>> = {
  'wrong-password': 'Maple',
  'not-found': 'Office-5G',
  refused: 'Harbour Corp',
  'no-address': 'Maple',
  'captive-portal': 'Maple Guest',
  'password-too-short': 'Maple',
  interrupted: 'Maple',
};
const failures = JOIN_FAILURES.map((reason): readonly [string, Scene] => [
  `network-failed-${reason}`,
  { path, set: at({ join: { kind: 'failed', ssid: SSIDS[reason], reason, at: minutesAgo(3) } }) },
]);

export const NETWORK_SCENES: Scenes = {
  network: { path, set: at(), act: (page) => choose(page, /^Maple Password/) },
  'network-open': { path, set: at(), act: (page) => choose(page, /^Maple Guest/) },
  'network-company': { path, set: at(), act: (page) => choose(page, /^Harbour Corp/) },
  'network-company-errors': {
    path,
    set: at(),
    act: async (page) => {
      await choose(page, /^Harbour Corp/);
      await page.getByLabel('Name of the sign-in server').fill('not a name');
      await button(page, 'Join Harbour Corp');
    },
  },
  'network-hidden': {
    path,
    set: at(),
    act: async (page) => {
      await choose(page, /^Another network/);
      await button(page, 'Join this network');
    },
  },
  'network-empty': { path, set: at({ networks: [] }) },
  'network-unheard': { path, set: at({ networks: [], age_s: null }) },
  'network-no-radio': {
    path,
    set: (machine, overrides) => {
      at()(machine);
      overrides.set('GET /api/setup/networks', (response) =>
        refuse(response, 503, 'network_unavailable', 'No Wi-Fi radio can be used', 'Use a cable.'),
      );
    },
    act: async (page) => {
      await page.getByText('No Wi-Fi radio can be used').waitFor();
    },
  },
  'network-wired': { path, set: at({ wired: { address: '192.168.1.20', internet: true } }) },
  'network-announced': { path, set: at({ refresh: { kind: 'announced', starts_in_s: 3 } }) },
  'network-listening': {
    path,
    set: at({ refresh: { kind: 'away', back_in_s: 9 } }),
    act: async (page) => {
      await page.getByText('Looking for networks').waitFor();
      await page.route('**/api/**', (route) => route.abort());
      await page
        .locator('.count b')
        .filter({ hasText: /^[1-7]$/ })
        .waitFor(); // it counts on by itself
    },
  },
  'network-overdue': {
    path,
    set: at({ refresh: { kind: 'away', back_in_s: 0 } }),
    act: async (page) => {
      await page.getByText('Looking for networks').waitFor();
      await page.route('**/api/**', (route) => route.abort());
      await page.getByText('not back on the setup network').waitFor();
    },
  },
  'network-joining': {
    path,
    set: at({ join: { kind: 'joining', ssid: 'Maple', phase: 'associating' } }),
    act: async (page, machine) => {
      await page.getByText('Asking to be let in').first().waitFor();
      await page.getByText('0:01').waitFor();
      machine.networks = {
        ...machine.networks,
        join: { kind: 'joining', ssid: 'Maple', phase: 'address' },
      };
      await page.locator('.phases .done').waitFor();
    },
  },
  'network-away': {
    path,
    set: at({ join: { kind: 'joining', ssid: 'Maple', phase: 'associating' } }),
    act: async (page) => {
      await page.getByText('Asking to be let in').first().waitFor();
      await page.route('**/*', (route) => route.abort());
      await page.getByText('as announced').first().waitFor();
    },
  },
  'network-late': {
    path,
    set: at({ join: { kind: 'joining', ssid: 'Maple', phase: 'associating' } }),
    act: async (page) => {
      await page.clock.install();
      await page.reload();
      await page.getByText('Asking to be let in').first().waitFor();
      await page.route('**/*', (route) => route.abort());
      for (let second = 0; second < 70; second += 1) await page.clock.runFor(1000);
      await page.getByText('has had its minute').first().waitFor();
    },
  },
  'network-joined': {
    path,
    set: at({
      join: { kind: 'joined', ssid: 'Maple', address: '192.168.1.20', internet: true },
      current: { ssid: 'Maple', address: '192.168.1.20', internet: true },
    }),
  },
  'network-joined-offline': {
    path,
    set: at({
      join: { kind: 'joined', ssid: 'Maple', address: '192.168.1.20', internet: false },
      current: { ssid: 'Maple', address: '192.168.1.20', internet: false },
    }),
  },
  ...Object.fromEntries(failures),
};
