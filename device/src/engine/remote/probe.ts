/**
 * Finds out what somebody else's engine can do, by its lists and by a few tokens of each model. Separate because nothing
 * else says it reliably: not a version, not a name, and never a browser.
 */
import type { Capability, EngineKind } from '@b3iq/wire/local-api';
import { z } from 'zod';
import { type Ask, ranks, readsPictures, tryMedia, tryShapePaths, tryShapes } from './abilities.ts';
import { askRemote, type Remote, Unreachable } from './client.ts';
import { countAt } from './count.ts';
import {
  type ProbeAnswer,
  parseLmStudio,
  parseModelList,
  parseProbe,
  parseShow,
  parseSlots,
  parseTags,
  parseUsage,
} from './parse.ts';
import type { Counter, Found, FoundModel, ListedModel } from './types.ts';

const CHAT = '/v1/chat/completions';
const HELLO = [{ role: 'user', content: 'Hello' }];
const NAME = 'b3iq_probe';
const OBJECT = {
  type: 'object',
  properties: { word: { enum: ['probe'] } },
  required: ['word'],
  additionalProperties: false,
};

/** whisper.cpp's server has one model and no list. */
const WHISPER: ListedModel = { name: 'whisper', contextTokens: 0, sizeBytes: 0 };

/** By the page it shows to people, which names the program and the path where it hears.
 *  @throws Unreachable when that is a path nobody asks
 *  @see https://github.com/ggml-org/whisper.cpp/tree/master/examples/server */
async function isWhisper(remote: Remote, signal: AbortSignal): Promise<boolean> {
  const { status, text } = await askRemote(remote, '/', undefined, signal);
  if (status !== 200 || !/<title>\s*Whisper\.cpp Server\s*<\/title>/i.test(text)) return false;
  if (/<h2>\s*\/v1\/audio\/transcriptions\s*<\/h2>/.test(text)) return true;
  throw new Unreachable(
    'This is whisper.cpp’s server, but not with OpenAI’s path. Start it with --inference-path /v1/audio/transcriptions.',
  );
}

/** The models it lists. @throws Unreachable with what is wrong */
export async function listModels(
  kind: EngineKind,
  remote: Remote,
  signal: AbortSignal,
): Promise<readonly ListedModel[]> {
  const path = kind === 'ollama' ? '/api/tags' : '/v1/models';
  const { status, json } = await askRemote(remote, path, undefined, signal);
  if (status === 401 || status === 403) throw new Unreachable('It refuses the key, or wants one.');
  try {
    if (status === 200) return kind === 'ollama' ? parseTags(json) : parseModelList(json);
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
  }
  if (kind === 'openai' && status === 404 && (await isWhisper(remote, signal))) return [WHISPER];
  throw new Unreachable(
    `There is a server at its address, but no ${kind === 'ollama' ? 'Ollama' : 'OpenAI-compatible engine'}: ${path} gave no list of models.`,
  );
}

/**
 * What the listed models can do. A model that does nothing known here is left out.
 * @param known  what an earlier look found; not asked again
 * @param probeMs  bound of each question
 */
export async function probeModels(
  kind: EngineKind,
  remote: Remote,
  listed: readonly ListedModel[],
  known: ReadonlyMap<string, FoundModel | undefined>,
  probeMs: number,
  signal: AbortSignal,
): Promise<Found & { readonly all: ReadonlyMap<string, FoundModel | undefined> }> {
  const all = new Map<string, FoundModel | undefined>();
  const bounded = () => AbortSignal.any([signal, AbortSignal.timeout(probeMs)]);
  const ask: Ask = (path, body) => askRemote(remote, path, body, bounded());
  const told = kind === 'ollama' ? undefined : parseLmStudio((await ask('/api/v0/models', undefined)).json);
  let paths: readonly Capability[] | undefined;
  const shapes = async () => {
    paths ??= await tryShapePaths(ask);
    return paths;
  };
  for (const model of listed) {
    if (known.has(model.name)) all.set(model.name, known.get(model.name));
    else if (kind === 'ollama') all.set(model.name, await showOllama(ask, model, await shapes()));
    else if (told !== undefined) all.set(model.name, toldModel(model, told.get(model.name), await shapes()));
    else if (model.task !== undefined) all.set(model.name, taskModel(model));
    else all.set(model.name, await tryModel(ask, remote, model, bounded, signal));
  }
  const slots = kind === 'ollama' ? undefined : parseSlots((await ask('/props', undefined)).json);
  return { models: [...all.values()].filter((model) => model !== undefined), slots, all };
}

/** LM Studio tells by itself, too, and lists what it would have to load first. */
function toldModel(
  model: ListedModel,
  told: { readonly capabilities: readonly Capability[]; readonly contextTokens: number } | undefined,
  shapes: readonly Capability[],
): FoundModel | undefined {
  if (told === undefined || told.capabilities.length === 0) return undefined;
  const capabilities = withShapes(told.capabilities, shapes);
  return { ...model, ...told, capabilities, maxChoices: 1, counter: undefined, counted: [] };
}

/** Shapes of a chat are for models that chat. */
const withShapes = (own: readonly Capability[], shapes: readonly Capability[]): readonly Capability[] =>
  own.includes('chat') ? [...own, ...shapes] : own;

/** speaches says what each model is for; of that, hearing is served here. */
function taskModel(model: ListedModel): FoundModel | undefined {
  if (model.task !== 'automatic-speech-recognition') return undefined;
  return { ...model, capabilities: ['transcriptions'], maxChoices: 1, counter: undefined, counted: [] };
}

/** Ollama tells by itself; trying would load each model into memory in turn. */
async function showOllama(
  ask: Ask,
  model: ListedModel,
  shapes: readonly Capability[],
): Promise<FoundModel | undefined> {
  const { status, json } = await ask('/api/show', { model: model.name });
  const { capabilities, contextTokens } = parseShow(status === 200 ? json : undefined);
  if (capabilities.length === 0) return undefined;
  // It answers once, whatever `n` says, and has no way to count a prompt.
  return {
    ...model,
    contextTokens,
    capabilities: withShapes(capabilities, shapes),
    maxChoices: 1,
    counter: undefined,
    counted: [],
  };
}

async function tryModel(
  ask: Ask,
  remote: Remote,
  listed: ListedModel,
  bounded: () => AbortSignal,
  signal: AbortSignal,
): Promise<FoundModel | undefined> {
  const { name: model } = listed;
  const chat = async (more: object): Promise<ProbeAnswer | undefined> => {
    const { status, json } = await ask(CHAT, {
      model,
      messages: HELLO,
      max_tokens: 1,
      temperature: 0,
      ...more,
    });
    return status === 200 ? parseProbe(json) : undefined;
  };
  const capabilities: Capability[] = [];
  const plain = await chat({});
  let maxChoices = 1;
  if (plain !== undefined) {
    capabilities.push('chat');
    if (await callsTools(chat)) capabilities.push('tools');
    if (await keepsSchema(chat)) capabilities.push('json_schema');
    if (((await chat({ logprobs: true, top_logprobs: 1 }))?.choices[0]?.logprobs?.content?.length ?? 0) > 0)
      capabilities.push('logprobs');
    const two = await chat({ n: 2 });
    const isCounted =
      two?.choices.length === 2 && two.usage.completion_tokens === 2 * plain.usage.completion_tokens;
    if (isCounted) maxChoices = 128;
    if (await readsPictures(chat, plain)) capabilities.push('vision');
  }
  const text = { model, prompt: 'Hello', max_tokens: 1, temperature: 0 };
  const completion = await ask('/v1/completions', text);
  const completionTokens = completion.status === 200 ? parseUsage(completion.json) : undefined;
  if (completionTokens !== undefined) capabilities.push('completions');
  const vector = await ask('/v1/embeddings', { model, input: 'Hello' });
  if (vector.status === 200 && parseUsage(vector.json) !== undefined) capabilities.push('embeddings');
  if (plain === undefined && (await ranks(ask, model))) capabilities.push('rerank');
  if (capabilities.length === 0) capabilities.push(...(await tryMedia(ask, remote, model, bounded())));
  if (capabilities.length === 0) return undefined;
  const used = { chat: plain?.usage.prompt_tokens, completion: completionTokens };
  const counter = listed.contextTokens > 0 ? await findCounter(remote, model, used, signal) : undefined;
  const more =
    plain === undefined
      ? { capabilities: [], counted: [] }
      : await tryShapes(ask, remote, model, counter, signal);
  return {
    ...listed,
    capabilities: [...capabilities, ...more.capabilities],
    maxChoices,
    counter,
    counted: more.counted,
  };
}

async function callsTools(chat: (more: object) => Promise<ProbeAnswer | undefined>): Promise<boolean> {
  const tool = {
    type: 'function',
    function: { name: NAME, description: 'Takes one word.', parameters: OBJECT },
  };
  // llama-server does not read a name here, older vLLMs not the word.
  for (const tool_choice of ['required', { type: 'function', function: { name: NAME } }]) {
    const answer = await chat({ tools: [tool], tool_choice, max_tokens: 64 });
    if (answer?.choices[0]?.message.tool_calls?.[0]?.function.name === NAME) return true;
  }
  return false;
}

async function keepsSchema(chat: (more: object) => Promise<ProbeAnswer | undefined>): Promise<boolean> {
  const json_schema = { name: NAME, strict: true, schema: OBJECT };
  const answer = await chat({ response_format: { type: 'json_schema', json_schema }, max_tokens: 64 });
  try {
    return JSON.parse(answer?.choices[0]?.message.content ?? '').word === 'probe';
  } catch {
    return false;
  }
}

/** The first way of counting that says what the engine itself then reported. */
async function findCounter(
  remote: Remote,
  model: string,
  used: { readonly chat: number | undefined; readonly completion: number | undefined },
  signal: AbortSignal,
): Promise<Counter | undefined> {
  const agrees = async (
    counter: Counter,
    path: '/v1/chat/completions' | '/v1/completions',
    body: object,
    tokens: number | undefined,
  ) =>
    tokens === undefined ||
    (await countAt(remote, counter, path, { model, ...body }, signal).catch(() => undefined)) === tokens;
  for (const counter of ['vllm', 'llama-server'] as const)
    if (
      (used.chat ?? used.completion) !== undefined &&
      (await agrees(counter, CHAT, { messages: HELLO }, used.chat)) &&
      (await agrees(counter, '/v1/completions', { prompt: 'Hello' }, used.completion))
    )
      return counter;
  return undefined;
}
