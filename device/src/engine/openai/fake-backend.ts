/**
 * A backend that answers by rule: one word is one token, and every answer can be foretold.
 * Separate from the fake engine so that all shapes come from the same server as the real ones.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { CodedError } from '../../errors.ts';
import type { ServedModel } from '../port.ts';
import { schemaGrammar } from './grammar/grammar.ts';
import type { Backend, Prompt, SampledToken } from './port.ts';
import { toolCallFormatOf } from './tool-calls.ts';
import type { ChatRequest, CompletionRequest, InferenceRequest } from './types.ts';

/** What the rule depends on besides the request. */
export interface FakeRule {
  /** The whole answer of every choice; default `You said: ` + the last user text. */
  readonly answer: string | undefined;
  /** Wait before the first token of an answer, ms. */
  readonly delayMs: number;
  /** Wait before each further word, ms. */
  readonly wordDelayMs: number;
}

const FORMAT = toolCallFormatOf('tools <tool_call>');

/** @param rule  read anew at each step, so that a test may turn it while an answer runs */
export function fakeBackend(model: ServedModel, slots: number, rule: FakeRule): Backend {
  let busy = 0;
  return {
    modelId: model.id,
    fingerprint: 'fp_fake',
    prepare: async (request) => prepare(request, model),
    async *generate(request, _prompt, choice, signal) {
      busy += 1;
      try {
        if (rule.delayMs > 0) await wait(rule.delayMs, undefined, { signal });
        for (const [at, word] of words(answerTo(request, rule, choice)).entries()) {
          if (at > 0 && rule.wordDelayMs > 0) await wait(rule.wordDelayMs, undefined, { signal });
          yield spoken(word, request);
        }
        yield { bytes: new Uint8Array(0), isEnd: true };
      } finally {
        busy -= 1;
      }
    },
    async embed(prompt, signal) {
      if (rule.delayMs > 0) await wait(rule.delayMs, undefined, { signal });
      return embed(prompt.tokens);
    },
    health: () => ({ slots, busy, waiting: 0, stalledMs: 0 }),
  };
}

/** Words with the white space that follows them. */
const words = (text: string): string[] => text.match(/\S+\s*|^\s+/g) ?? [];
/** Any number that depends on the word alone. */
const wordId = (word: string): number =>
  [...word].reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) % 997, 7);

function prepare(request: InferenceRequest, model: ServedModel): Prompt[] {
  if (request.kind !== 'chat')
    return (request.kind === 'completion' ? request.prompts : request.inputs).map((input) =>
      fit(typeof input === 'string' ? words(input).map(wordId) : input, model),
    );
  if (request.output.kind === 'schema') schemaGrammar(request.output.schema); // refuses what the real engine refuses
  const texts = request.messages.flatMap((message) => [
    ...words(message.content),
    '<',
    message.role,
    '>',
    '\n',
  ]);
  const hasTools = request.tools.length > 0 && request.toolChoice.kind !== 'none';
  if (hasTools) texts.push(...words(JSON.stringify(request.tools)));
  const isForced = request.toolChoice.kind === 'required' || request.toolChoice.kind === 'named';
  return [
    {
      ...fit(texts.map(wordId), model),
      ...(hasTools && FORMAT !== undefined ? { toolCalls: { format: FORMAT, isForced } } : {}),
    },
  ];
}

function fit(tokens: readonly number[], model: ServedModel): Prompt {
  if (tokens.length === 0)
    throw new CodedError('invalid_request', 'Expected a prompt of at least one token.');
  const room = model.contextTokens - tokens.length;
  if (room < 1)
    throw new CodedError(
      'context_length_exceeded',
      `The prompt has ${tokens.length} tokens; this model's context holds ${model.contextTokens}, answer included.`,
    );
  return { tokens, room };
}

function answerTo(request: ChatRequest | CompletionRequest, rule: FakeRule, choice: number): string {
  if (request.kind === 'completion') return rule.answer ?? `You said: ${String(request.prompts[0])}`;
  if (request.toolChoice.kind === 'required' || request.toolChoice.kind === 'named') {
    const wanted = request.toolChoice.kind === 'named' ? request.toolChoice.name : undefined;
    const tool = request.tools.find((entry) => wanted === undefined || entry.function.name === wanted);
    return JSON.stringify({ name: tool?.function.name, arguments: sample(tool?.function.parameters ?? {}) });
  }
  if (request.output.kind === 'schema') return JSON.stringify(sample(request.output.schema));
  if (request.output.kind === 'json') return '{"answer": 42}';
  const asked = request.messages.findLast((message) => message.role === 'user')?.content ?? '';
  // At a temperature the choices differ, as those of a model would.
  const isVaried = choice > 0 && request.sampling.temperature !== 0;
  return rule.answer ?? `You said: ${asked}${isVaried ? ` (${choice})` : ''}`;
}

/** The plainest value a simple schema allows. */
function sample(schema: unknown): unknown {
  if (schema === null || typeof schema !== 'object') return null;
  if ('const' in schema) return schema.const;
  if ('enum' in schema && Array.isArray(schema.enum)) return schema.enum[0];
  if ('anyOf' in schema && Array.isArray(schema.anyOf)) return sample(schema.anyOf[0]);
  if ('properties' in schema && schema.properties !== null && typeof schema.properties === 'object')
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, value]) => [name, sample(value)]),
    );
  const type: unknown = 'type' in schema ? schema.type : 'object';
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'number')
    return 'minimum' in schema && typeof schema.minimum === 'number' ? schema.minimum : 7;
  if (type === 'boolean') return true;
  if (type === 'array')
    return 'minItems' in schema && 'items' in schema
      ? Array.from({ length: Number(schema.minItems) }, () => sample(schema.items))
      : [];
  return type === 'null' ? null : {};
}

function spoken(word: string, request: ChatRequest | CompletionRequest): SampledToken {
  const bytes = new TextEncoder().encode(word);
  if (request.topLogprobs === undefined) return { bytes, isEnd: false };
  const top = Array.from({ length: request.topLogprobs }, (_, at) => ({
    bytes: at === 0 ? bytes : new TextEncoder().encode(`other${at}`),
    logprob: -0.1 - at,
  }));
  return { bytes, isEnd: false, logprob: -0.1, top };
}

/** Eight numbers that depend on the words alone. */
function embed(tokens: readonly number[]): readonly number[] {
  const vector = Array.from({ length: 8 }, () => 0.01);
  for (const [at, token] of tokens.entries())
    vector[(at + token) % 8] = (vector[(at + token) % 8] ?? 0) + token / 100;
  return vector;
}
