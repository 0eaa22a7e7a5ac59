/** Pictures of the models. */
import { button, dashboard, type Scenes } from './scene.ts';

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
  'models-add': { path: '/models/', set: dashboard, act: (page) => button(page, 'Add a model') },
};
