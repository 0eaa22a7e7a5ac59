import { embeddedTestEngine } from '../fixtures/embedded.ts';
import { engineAnswers } from '../suites/answers.ts';

engineAnswers('the embedded engine', embeddedTestEngine);
