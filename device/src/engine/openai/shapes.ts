/** The three request bodies as OpenAI documents them, field by field with their bounds. Separate from `parse.ts`, which
 *  turns what passes here into our own types. `nullish` everywhere: clients write null for what they leave out. */
import { z } from 'zod';

const MAX_CHOICES = 8;

/** A bounded number that may be absent or null. */
const maybe = (schema: z.ZodType<number>) => schema.nullish().transform((value) => value ?? undefined);
const flag = z.boolean().nullish();

/** Fields chat and completions share. */
export const generation = {
  model: z.string().max(200).nullish(),
  temperature: maybe(z.number().min(0).max(2)),
  top_p: maybe(z.number().gt(0).max(1)),
  min_p: maybe(z.number().min(0).max(1)),
  top_k: maybe(z.int().min(-1).max(1_000_000)),
  seed: maybe(z.int()),
  frequency_penalty: maybe(z.number().min(-2).max(2)),
  presence_penalty: maybe(z.number().min(-2).max(2)),
  logit_bias: z.record(z.string().regex(/^\d{1,9}$/), z.number().min(-100).max(100)).nullish(),
  max_tokens: maybe(z.int().min(1).max(1_000_000_000)),
  stop: z.union([z.string().min(1).max(1000), z.array(z.string().min(1).max(1000)).max(4)]).nullish(),
  n: maybe(z.int().min(1).max(MAX_CHOICES)),
  stream: flag,
  stream_options: z.object({ include_usage: flag }).nullish(),
};

const textParts = z.array(z.object({ type: z.string(), text: z.string().optional() }));
/** A message’s text, whole or in parts; parts of other kinds pass here and are refused by name later. */
export const content = z.union([z.string(), textParts]);
/** Of a function a model may call. */
export const functionName = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);
const toolCall = z.object({
  id: z.string().max(200),
  type: z.literal('function').default('function'),
  function: z.object({ name: functionName, arguments: z.string() }),
});
/** One message of a conversation. */
export const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: content.nullish(),
  name: z.string().max(200).nullish(),
  tool_call_id: z.string().max(200).nullish(),
  tool_calls: z.array(toolCall).max(128).nullish(),
});
const tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: functionName,
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
});
/** Body of `POST /v1/chat/completions`. @see https://platform.openai.com/docs/api-reference/chat/create */
export const chat = z.object({
  ...generation,
  messages: z.array(message).min(1).max(10_000),
  max_completion_tokens: generation.max_tokens,
  tools: z.array(tool).max(128).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
    ])
    .nullish(),
  parallel_tool_calls: flag,
  response_format: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({ schema: z.record(z.string(), z.unknown()) }),
      }),
    ])
    .nullish(),
  logprobs: flag,
  top_logprobs: maybe(z.int().min(0).max(20)),
});
const tokenIds = z.array(z.int().min(0)).min(1).max(1_000_000);
/** Body of `POST /v1/completions`. @see https://platform.openai.com/docs/api-reference/completions/create */
export const completion = z.object({
  ...generation,
  prompt: z.union([
    z.string(),
    tokenIds,
    z
      .array(z.union([z.string(), tokenIds]))
      .min(1)
      .max(64),
  ]),
  logprobs: maybe(z.int().min(0).max(5)),
  echo: flag,
  suffix: z.string().nullish(),
  best_of: maybe(z.int()),
});
/** Body of `POST /v1/embeddings`. @see https://platform.openai.com/docs/api-reference/embeddings/create */
export const embedding = z.object({
  model: z.string().max(200).nullish(),
  input: z.union([
    z.string().min(1),
    tokenIds,
    z
      .array(z.union([z.string().min(1), tokenIds]))
      .min(1)
      .max(2048),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.unknown().optional(),
});
