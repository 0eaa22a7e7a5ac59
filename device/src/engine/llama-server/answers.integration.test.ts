import { llamaServerTestEngine } from '../fixtures/llama-server.ts';
import { engineAnswers } from '../suites/answers.ts';

engineAnswers('llama-server', llamaServerTestEngine);
