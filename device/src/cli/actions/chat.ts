/** `chat`: one question, or a conversation at a terminal; through the control socket, or as an app with a key. */
import { completion, modelsAnswer, openaiModels, statusAnswer } from '../agent/answers.ts';
import { openClient } from '../agent/client.ts';
import { parseEndpoint } from '../argv/parse.ts';
import { type Command, EXIT } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { problem } from '../problems.ts';
import { readSecret, readText } from '../secrets.ts';
import { printable } from '../text/words.ts';
import {
  ANSWER_TIMEOUT_MS,
  describeAnswer,
  type Message,
  type Road,
  requestBody,
  streamAnswer,
} from './answer.ts';
import { converse } from './conversation.ts';

/** 4 MiB of text is more than any context here holds; more is a mistake. */
const MAX_PROMPT_BYTES = 4 << 20;

type Chat = Command & { kind: 'chat' };

export async function chat(context: Context, command: Chat): Promise<number> {
  const { io } = context;
  const road = await chooseRoad(context, command);
  const system: readonly Message[] =
    command.system === undefined ? [] : [{ role: 'system', content: command.system }];
  if (command.prompt === undefined && io.isTTY.stdin) return await converse(context, road, system);
  const content = command.prompt ?? (await readText(io.stdin, MAX_PROMPT_BYTES, 'The prompt'));
  const messages: readonly Message[] = [...system, { role: 'user', content }];
  return await ask(context, road, messages, command.stream);
}

async function ask(
  { io, out }: Context,
  road: Road,
  messages: readonly Message[],
  isLines: boolean,
): Promise<number> {
  if (out.json && !isLines) {
    const body = requestBody(road, messages, false);
    const call = { method: 'POST', path: road.path, body, timeoutMs: ANSWER_TIMEOUT_MS } as const;
    await out.data(await road.client.ask(call, completion));
    return EXIT.ok;
  }
  const stopped = new AbortController();
  const release = io.onInterrupt(() => stopped.abort());
  try {
    const answer = await streamAnswer(road, messages, stopped.signal, async (event, text) => {
      if (out.json) await out.raw(`${JSON.stringify(event)}\n`);
      else if (text !== '') await out.raw(out.isTerminal ? printable(text, true) : text);
    });
    if (!out.json && !answer.text.endsWith('\n')) await out.raw('\n');
    if (out.isTerminal) await out.note(out.dim(describeAnswer(answer)));
    return answer.isStopped ? EXIT.interrupted : EXIT.ok;
  } finally {
    release();
  }
}

async function chooseRoad(context: Context, command: Chat): Promise<Road> {
  const { agent, io, out } = context;
  if (command.apiKey === undefined) {
    const model = command.model ?? (await ownModel(context));
    return { client: agent, path: '/api/playground/chat', model, maxTokens: command.maxTokens };
  }
  const apiKey = (await readSecret(command.apiKey, 'API key', io, out)).trim();
  const base = command.endpoint ?? (await ownEndpoint(context));
  const client = openClient({ kind: 'origin', base, apiKey });
  const model = command.model ?? (await servedModel(client));
  return { client, path: '/chat/completions', model, maxTokens: command.maxTokens };
}

async function ownEndpoint({ agent }: Context): Promise<string> {
  const { endpoint } = await agent.ask({ method: 'GET', path: '/api/status' }, statusAnswer);
  const base = parseEndpoint(endpoint);
  if (base === undefined)
    throw problem(
      'agent_answer_invalid',
      'The agent told no address of its API. Give one with --endpoint URL.',
    );
  return base;
}

async function ownModel({ agent, out }: Context): Promise<string> {
  const { models } = await agent.ask({ method: 'GET', path: '/api/models' }, modelsAnswer);
  const able = models.filter(({ capabilities }) => capabilities.includes('chat'));
  // The agent's order; one that is idle is loaded by the question.
  const model = able.find(({ state }) => state === 'ready' || state === 'idle') ?? able[0];
  if (model === undefined)
    throw problem('model_not_found', 'No model on this machine can chat. See `b3iq-host models`.');
  if (model.self_test && out.isTerminal)
    await out.note(out.dim(`${printable(model.id)} is a self-test model: it shows that the machine works.`));
  return model.id;
}

async function servedModel(client: Road['client']): Promise<string> {
  const { data } = await client.ask({ method: 'GET', path: '/models' }, openaiModels);
  const [first] = data;
  if (first === undefined)
    throw problem('model_not_found', 'This key may use no model. Ask the owner for one that may.');
  return first.id;
}
