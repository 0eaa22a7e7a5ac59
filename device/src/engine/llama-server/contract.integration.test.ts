/** A real llama-server keeps the engine contract with a model of random weights: nothing here depends on training. */
import { engineContract } from '../contract.ts';
import { llamaServerTestEngine } from '../fixtures/llama-server.ts';

engineContract('llama-server', { logprobsOf: 'characters' }, () => llamaServerTestEngine());
