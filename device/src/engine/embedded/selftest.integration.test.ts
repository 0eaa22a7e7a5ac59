import { embeddedTestEngine } from '../fixtures/embedded.ts';
import { engineCanaries } from '../suites/canaries.ts';

engineCanaries('the embedded engine', { logprobsOf: 'tokens' }, embeddedTestEngine);
