import { embeddedTestEngine } from '../../engine/fixtures/embedded.ts';
import { anthropicClient } from './anthropic.ts';
import { openAiClient } from './openai.ts';

openAiClient('the embedded engine', embeddedTestEngine);
anthropicClient('the embedded engine', embeddedTestEngine);
