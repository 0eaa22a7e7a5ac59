/** Pictures of what this machine can do: nothing measured, one under way, months of results, a refusal, a failure. */

import { someRuns } from '../fake-benchmark.ts';
import type { FakeMachine } from '../fake-machine.ts';
import { button, dashboard, type Scenes } from './scene.ts';

const path = '/benchmark/';
function measured(machine: FakeMachine): void {
  dashboard(machine);
  machine.benchmark.answer = { ...machine.benchmark.answer, runs: someRuns() };
}

export const BENCHMARK_SCENES: Scenes = {
  'benchmark-empty': {
    path,
    set: dashboard,
    act: (page) => page.getByText('Nothing was measured').waitFor(),
  },
  benchmark: { path, set: measured, act: (page) => page.getByText('Over time').waitFor() },
  'benchmark-running': {
    path,
    set: (machine) => {
      dashboard(machine);
      machine.benchmark.running();
    },
    act: (page) => page.getByText('Step 10 of 19').waitFor(),
  },
  'benchmark-busy': {
    path,
    set: (machine) => {
      dashboard(machine);
      machine.benchmark.isBusy = true;
    },
    act: async (page) => {
      await button(page, 'Measure now');
      await page.getByRole('button', { name: 'Measure all the same' }).waitFor();
    },
  },
  'benchmark-failed': {
    path,
    set: (machine) => {
      measured(machine);
      machine.benchmark.answer = {
        ...machine.benchmark.answer,
        problem: 'Example 32B Instruct: The engine failed to answer. Nothing was kept of it.',
      };
    },
    act: (page) => page.getByText('did not come to its end').waitFor(),
  },
};
