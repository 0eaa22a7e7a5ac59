import { embeddedTestEngine } from '../fixtures/embedded.ts';
import { engineSupervision } from '../suites/supervision.ts';

engineSupervision('the embedded engine', embeddedTestEngine, {
  module: new URL('../fixtures/embedded.ts', import.meta.url).href,
  name: 'embeddedTestEngine',
  isKilledByHeader: true,
});
