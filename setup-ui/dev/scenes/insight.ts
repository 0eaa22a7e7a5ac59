/** Pictures of what is looked up now and then. */
import type { FakeMachine } from '../fake-machine.ts';
import { button, dashboard, type Scenes } from './scene.ts';

/** Three keys, two models, most of a month. */
function used(machine: FakeMachine): void {
  dashboard(machine);
  const ids = machine.keys.map(({ id }) => id);
  for (let ago = 26; ago >= 0; ago -= 1) {
    if (ago % 7 === 3) continue;
    const at = new Date(Date.now() - ago * 86_400_000).toISOString();
    for (let i = 0; i < 1 + ((ago * 7) % 5); i += 1)
      machine.ledger.add({
        at,
        // As the agent names them; the preview's own ids are shorter.
        caller: i === 0 ? 'owner' : `key_${(ids[i % 2] ?? '').slice(4)}`,
        model: i % 3 === 2 ? 'qwen3-8b-instruct-q4' : 'b3iq-selftest',
        prompt_tokens: 1800 + ((ago * 977) % 4000),
        completion_tokens: 600 + ((ago * 1361) % 2500),
      });
  }
}

export const INSIGHT_SCENES: Scenes = {
  usage: {
    path: '/insight/#/usage',
    set: used,
    act: async (page) => {
      await page.getByText('Tokens used, day by day').waitFor();
    },
  },
  'usage-days': { path: '/insight/#/usage', set: used, act: (page) => button(page, 'By day') },
  'usage-empty': {
    path: '/insight/#/usage',
    set: (machine) => machine.claimed('done'),
    act: async (page) => {
      await page.getByText('Nothing was used yet').waitFor();
    },
  },
  health: {
    path: '/insight/#/health',
    set: dashboard,
    act: async (page) => {
      await page.getByText('There is no warning.').waitFor();
      await page.getByText('Speed', { exact: true }).waitFor();
    },
  },
  'health-alert': {
    path: '/insight/#/health',
    set: (machine) => {
      dashboard(machine);
      machine.alerts = [
        {
          id: 'overheating:0000:03:00.0',
          kind: 'overheating',
          severity: 'critical',
          title: 'The graphics card is too hot: 104 °C.',
          meaning: 'It slows down to protect itself, so answers come slower.',
          action: 'Make sure that air gets in and out, and that no fan stands still.',
          raised_at: new Date(Date.now() - 720_000).toISOString(),
          gone_at: null,
          times: 1,
        },
      ];
    },
    act: async (page) => {
      await page.getByText('too hot').waitFor();
      await page.getByText('Speed', { exact: true }).waitFor();
    },
  },
  support: {
    path: '/insight/#/support',
    set: (machine) => {
      dashboard(machine);
      const ago = new Date(Date.now() - 3_600_000).toISOString();
      machine.addGrant('Old helper', -90_000, { state: 'expired' });
      machine.addGrant('Grace, support', 72_000, { last_used_at: ago });
    },
    act: async (page) => {
      await page.getByText('versions.json').waitFor();
      await page.getByText('Grace, support').waitFor();
    },
  },
  'support-made': {
    path: '/insight/#/support',
    set: dashboard,
    act: async (page) => {
      await button(page, 'Let somebody look');
      await page.getByLabel('Whom is it for?').fill('Grace');
      await button(page, 'Make the grant');
      await page.getByText('shown once').waitFor();
    },
  },
  'more-host': {
    path: '/insight/#/more',
    set: dashboard,
    act: async (page) => {
      await page.getByText('By key, model and day').waitFor();
    },
  },
};
