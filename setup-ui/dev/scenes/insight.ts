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
  'more-host': {
    path: '/insight/#/more',
    set: dashboard,
    act: async (page) => {
      await page.getByText('By key, model and day').waitFor();
    },
  },
};
