/**
 * The paths for apps in words. What they send is described by the schemas our own engines parse it with; an engine of somebody
 * else's may take further fields, which pass through unchanged. Separate from the control routes: other callers, other errors.
 */
import { z } from 'zod';
import { messages } from '../engine/openai/messages/shapes.ts';
import { responses } from '../engine/openai/responses/shapes.ts';
import { chat, completion, embedding } from '../engine/openai/shapes.ts';
import type { JsonSchema } from './types.ts';

export interface InferenceOperation {
  readonly method: 'get' | 'post';
  readonly summary: string;
  readonly request?: z.ZodType;
  /** A form with a file, where the others take JSON. */
  readonly form?: JsonSchema;
  /** Answers a stream of events when the body says `"stream": true`. */
  readonly streams?: true;
  /** Also takes the key as Anthropic's clients send it. */
  readonly takesApiKey?: true;
  readonly errors: 'OpenAiError' | 'AnthropicError';
  /** Whose reference says what an answer looks like. */
  readonly reference?: string;
}

const OPENAI = 'https://platform.openai.com/docs/api-reference';
const ANTHROPIC = 'https://docs.anthropic.com/en/api';
const model = z.string().min(1).max(200);
/** The endpoint asks for a name where an engine of one model does not need one. */
const named = <T extends z.ZodObject>(schema: T) => schema.extend({ model });

/** Fields the endpoint itself reads; the rest is the engine's. */
const rerank = z.looseObject({
  model,
  query: z.string(),
  documents: z.array(z.unknown()).min(1),
  top_n: z.int().min(1).optional(),
});
const images = z.looseObject({ model, prompt: z.string().min(1), n: z.int().min(1).optional() });

const RECORDING: JsonSchema = {
  type: 'object',
  required: ['file', 'model'],
  properties: {
    file: { type: 'string', format: 'binary' },
    model: { type: 'string', minLength: 1 },
    language: { type: 'string' },
    response_format: { type: 'string' },
    stream: { enum: ['true', 'false'] },
  },
};

export const INFERENCE: Readonly<Record<string, InferenceOperation>> = {
  '/v1/models': {
    method: 'get',
    summary: 'Models this key may use.',
    takesApiKey: true,
    errors: 'OpenAiError',
    reference: `${OPENAI}/models/list`,
  },
  '/v1/models/{id}': {
    method: 'get',
    summary: 'One model.',
    takesApiKey: true,
    errors: 'OpenAiError',
    reference: `${OPENAI}/models/retrieve`,
  },
  '/v1/chat/completions': {
    method: 'post',
    summary: 'Answer a conversation.',
    request: named(chat),
    streams: true,
    errors: 'OpenAiError',
    reference: `${OPENAI}/chat/create`,
  },
  '/v1/completions': {
    method: 'post',
    summary: 'Go on with a text.',
    request: named(completion),
    streams: true,
    errors: 'OpenAiError',
    reference: `${OPENAI}/completions/create`,
  },
  '/v1/embeddings': {
    method: 'post',
    summary: 'Vectors of texts.',
    request: named(embedding),
    errors: 'OpenAiError',
    reference: `${OPENAI}/embeddings/create`,
  },
  '/v1/responses': {
    method: 'post',
    summary: 'Answer in the shape of OpenAI’s Responses; nothing is kept.',
    request: named(responses),
    streams: true,
    errors: 'OpenAiError',
    reference: `${OPENAI}/responses/create`,
  },
  '/v1/messages': {
    method: 'post',
    summary: 'Answer in the shape of Anthropic’s Messages.',
    request: named(messages).extend({ max_tokens: z.int().min(1).max(1_000_000_000) }),
    streams: true,
    takesApiKey: true,
    errors: 'AnthropicError',
    reference: `${ANTHROPIC}/messages`,
  },
  '/v1/messages/count_tokens': {
    method: 'post',
    summary: 'Count the tokens of such a message, exactly.',
    request: named(messages),
    takesApiKey: true,
    errors: 'AnthropicError',
    reference: `${ANTHROPIC}/messages-count-tokens`,
  },
  '/v1/rerank': {
    method: 'post',
    summary: 'Order documents by how well they answer a query.',
    request: rerank,
    errors: 'OpenAiError',
  },
  '/v1/images/generations': {
    method: 'post',
    summary: 'Make pictures.',
    request: images,
    errors: 'OpenAiError',
    reference: `${OPENAI}/images/create`,
  },
  '/v1/audio/transcriptions': {
    method: 'post',
    summary: 'Write down what is said in a recording.',
    form: RECORDING,
    errors: 'OpenAiError',
    reference: `${OPENAI}/audio/createTranscription`,
  },
};
