import { llamaServerTestEngine } from '../../engine/fixtures/llama-server.ts';
import { anthropicClient } from './anthropic.ts';
import { openAiClient } from './openai.ts';

openAiClient('llama-server', llamaServerTestEngine);
anthropicClient('llama-server', llamaServerTestEngine);
