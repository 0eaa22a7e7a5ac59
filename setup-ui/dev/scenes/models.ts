/** Pictures of the models. */
import { sendJson } from '../fake-route.ts';
import { applianceDashboard, button, dashboard, type Scenes } from './scene.ts';

export const MODEL_SCENES: Scenes = {
  models: {
    path: '/models/',
    set: dashboard,
    act: async (page) => {
      await page.getByText('Good 14B').waitFor();
    },
  },
  'models-large': {
    path: '/models/',
    set: dashboard,
    act: (page) => button(page, 'Show 1 that is too large'),
  },
  'models-stick': {
    path: '/models/',
    set: applianceDashboard,
    act: async (page) => {
      await page.getByRole('heading', { name: 'On the stick' }).waitFor();
    },
  },
  'models-stick-empty': {
    path: '/models/',
    set: (machine, overrides) => {
      applianceDashboard(machine);
      overrides.set('GET /api/models/stick', (response) =>
        sendJson(response, 200, { state: 'present', models: [], is_cut: false }),
      );
    },
    act: (page) => page.getByText('There is no model file on it').waitFor(),
  },
  'models-add-appliance': {
    path: '/models/',
    set: applianceDashboard,
    act: async (page) => {
      await page.getByRole('heading', { name: 'On the stick' }).waitFor();
      await button(page, 'Add a model');
    },
  },
  'models-add': { path: '/models/', set: dashboard, act: (page) => button(page, 'Add a model') },
};
