/** Every page and state worth a picture, in one list. */
import { BENCHMARK_SCENES } from './scenes/benchmark.ts';
import { DASHBOARD_SCENES } from './scenes/dashboard.ts';
import { INSIGHT_SCENES } from './scenes/insight.ts';
import { MACHINE_SCENES } from './scenes/machine.ts';
import { MODEL_SCENES } from './scenes/models.ts';
import { NETWORK_SCENES } from './scenes/network.ts';
import type { Scenes } from './scenes/scene.ts';
import { WIZARD_SCENES } from './scenes/wizard.ts';

export const SCENES: Scenes = {
  ...WIZARD_SCENES,
  ...NETWORK_SCENES,
  ...DASHBOARD_SCENES,
  ...INSIGHT_SCENES,
  ...MODEL_SCENES,
  ...MACHINE_SCENES,
  ...BENCHMARK_SCENES,
};
