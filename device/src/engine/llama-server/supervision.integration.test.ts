import { llamaServerTestEngine } from '../fixtures/llama-server.ts';
import { engineSupervision } from '../suites/supervision.ts';

engineSupervision('llama-server', llamaServerTestEngine, {
  module: new URL('../fixtures/llama-server.ts', import.meta.url).href,
  name: 'llamaServerTestEngine',
  isKilledByHeader: false,
});
