/** Body of `POST /v1/messages` as Anthropic documents it. Separate from `parse.ts`, which makes a chat of what passes here. */
import { z } from 'zod';
import { functionName, generation } from '../shapes.ts';

const maybe = (schema: z.ZodType<number>) => schema.nullish().transform((value) => value ?? undefined);

/** A part of what a tool answered. Other kinds pass here and are refused by name later. */
const resultPart = z.object({ type: z.string().max(100), text: z.string().optional() });
/** A part of a message; which fields it needs depends on its type. */
export const block = z.object({
  type: z.string().max(100),
  text: z.string().optional(),
  id: z.string().max(200).optional(),
  name: functionName.optional(),
  input: z.record(z.string(), z.unknown()).optional(),
  tool_use_id: z.string().max(200).optional(),
  content: z.union([z.string(), z.array(resultPart)]).nullish(),
});
export const turn = z.object({
  role: z.enum(['user', 'assistant', 'system']),
  content: z.union([z.string(), z.array(block)]),
});

/** @see https://docs.anthropic.com/en/api/messages */
export const messages = z.object({
  model: generation.model,
  /** Needed for an answer, not for a count. */
  max_tokens: generation.max_tokens,
  messages: z.array(turn).min(1).max(10_000),
  system: z.union([z.string(), z.array(z.object({ type: z.literal('text'), text: z.string() }))]).nullish(),
  stop_sequences: z.array(z.string().min(1).max(1000)).max(4).nullish(),
  stream: z.boolean().nullish(),
  temperature: maybe(z.number().min(0).max(1)),
  top_p: generation.top_p,
  top_k: generation.top_k,
  tools: z
    .array(
      z.object({
        type: z.string().max(100).nullish(),
        name: functionName,
        description: z.string().nullish(),
        input_schema: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .max(128)
    .nullish(),
  tool_choice: z
    .object({
      type: z.enum(['auto', 'any', 'tool', 'none']),
      name: z.string().max(64).optional(),
      disable_parallel_tool_use: z.boolean().nullish(),
    })
    .nullish(),
  output_config: z
    .object({
      format: z
        .object({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) })
        .nullish(),
    })
    .nullish(),
});
