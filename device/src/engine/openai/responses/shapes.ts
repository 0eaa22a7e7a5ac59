/** Body of `POST /v1/responses` as OpenAI documents it, as far as a machine that keeps no conversations serves it. Separate
 *  from `parse.ts`, which makes a chat of what passes here. */
import { z } from 'zod';
import { functionName, generation } from '../shapes.ts';

const flag = z.boolean().nullish();
/** Parts of other kinds pass here and are refused by name later. */
const parts = z.array(
  z.object({ type: z.string().max(100), text: z.string().optional(), refusal: z.string().optional() }),
);
const content = z.union([z.string(), parts]);

/** One thing of the input: a message, a call of a tool, its result. Clients send back what an answer held, so that kinds
 *  a chat has no place for pass here too. */
export const inputItem = z.object({
  type: z.string().max(100).nullish(),
  role: z.enum(['system', 'developer', 'user', 'assistant']).nullish(),
  content: content.nullish(),
  call_id: z.string().max(200).nullish(),
  name: functionName.nullish(),
  arguments: z.string().nullish(),
  output: content.nullish(),
});

const tool = z.object({
  type: z.string().max(100),
  name: functionName.optional(),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: flag,
});

/** @see https://platform.openai.com/docs/api-reference/responses/create */
export const responses = z.object({
  model: generation.model,
  input: z.union([z.string(), z.array(inputItem).min(1).max(10_000)]),
  instructions: z.string().nullish(),
  max_output_tokens: generation.max_tokens,
  temperature: generation.temperature,
  top_p: generation.top_p,
  stream: flag,
  tools: z.array(tool).max(128).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), name: z.string().max(64) }),
    ])
    .nullish(),
  parallel_tool_calls: flag,
  text: z
    .object({
      format: z
        .discriminatedUnion('type', [
          z.object({ type: z.literal('text') }),
          z.object({ type: z.literal('json_object') }),
          z.object({
            type: z.literal('json_schema'),
            name: z.string().max(64).optional(),
            strict: flag,
            schema: z.record(z.string(), z.unknown()),
          }),
        ])
        .nullish(),
    })
    .nullish(),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  previous_response_id: z.string().nullish(),
  conversation: z.unknown().optional(),
  background: flag,
  top_logprobs: z.int().min(0).max(20).nullish(),
});
