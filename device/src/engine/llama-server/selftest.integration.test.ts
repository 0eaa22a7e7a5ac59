import { llamaServerTestEngine } from '../fixtures/llama-server.ts';
import { engineCanaries } from '../suites/canaries.ts';

engineCanaries('llama-server', { logprobsOf: 'characters' }, llamaServerTestEngine);
