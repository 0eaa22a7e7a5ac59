/** The embedded engine keeps the engine contract with a model of random weights: nothing here depends on training. */
import { engineContract } from '../contract.ts';
import { embeddedTestEngine } from '../fixtures/embedded.ts';

engineContract('the embedded engine', { logprobsOf: 'tokens' }, () => embeddedTestEngine());
