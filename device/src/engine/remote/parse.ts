/**
 * What engines answer to the questions of probing. Pure; separate because every line of it comes from a program nobody
 * here has seen: anything may be missing, wrong or enormous, and is then as good as not said.
 */
import type { Capability } from '@b3iq/wire/local-api';
import { z } from 'zod';
import { CodedError } from '../../errors.ts';
import type { ListedModel } from './types.ts';

/** More models than this nobody picks from; the rest is left out. */
export const MAX_MODELS = 200;

/** Printable and short enough to be a part of a name here. */
const name = z.string().regex(/^[\x21-\x7e]{1,160}$/);
const count = z.int().min(0).max(1e15);
const optional = <T>(schema: z.ZodType<T>, otherwise: T) =>
  schema
    .optional()
    .catch(otherwise)
    .transform((value) => value ?? otherwise);
const tokens = z.int().min(1).max(16_777_216);

/**
 * Where an engine is, from what a person typed: scheme, name and port; `/v1` and a slash at its end are taken off.
 * @throws invalid_request saying what is expected
 */
export function parseOrigin(typed: string): string {
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw wrongUrl('expected an address such as http://127.0.0.1:11434');
  if (url.username !== '' || url.password !== '')
    throw wrongUrl('an address holds no password; give the key by itself');
  if (!/^\/(v1\/?)?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    throw wrongUrl('expected an address without a path; `/v1` may stand behind it');
  // Where clouds keep the keys of their machines.
  if (/^(169\.254\.|\[fe80:|metadata\.)/.test(url.hostname))
    throw wrongUrl('no engine can be at this address');
  return url.origin;
}

const wrongUrl = (detail: string) => new CodedError('invalid_request', `url: ${detail}.`, { param: 'url' });

/** OpenAI's list. `max_model_len` is vLLM's and SGLang's, `meta.n_ctx` llama-server's, `max_context_length` LM Studio's.
 *  @throws ZodError when it is no such list */
export function parseModelList(value: unknown): readonly ListedModel[] {
  const { data } = z.object({ data: z.array(z.unknown()).max(10_000) }).parse(value);
  return data.slice(0, MAX_MODELS).flatMap((entry) => {
    const model = listed.safeParse(entry);
    if (!model.success) return [];
    const { id, max_model_len, max_context_length, meta, task } = model.data;
    return [
      {
        name: id,
        contextTokens: max_model_len || meta.n_ctx || max_context_length,
        sizeBytes: meta.size,
        ...(task === '' ? {} : { task }),
      },
    ];
  });
}
const listed = z.object({
  id: name,
  task: optional(z.string().max(100), ''),
  max_model_len: optional(tokens, 0),
  max_context_length: optional(tokens, 0),
  meta: optional(z.object({ n_ctx: optional(tokens, 0), size: optional(count, 0) }), { n_ctx: 0, size: 0 }),
});

/** llama-server's `/props`; `undefined` of anybody else. */
export function parseSlots(value: unknown): number | undefined {
  return z.object({ total_slots: z.int().min(1).max(1_024) }).safeParse(value).data?.total_slots;
}

/** Ollama's `/api/tags`. @see https://docs.ollama.com/api/tags     @throws ZodError when it is no such list */
export function parseTags(value: unknown): readonly ListedModel[] {
  const { models } = z.object({ models: z.array(z.unknown()).max(10_000) }).parse(value);
  return models.slice(0, MAX_MODELS).flatMap((entry) => {
    const model = z.object({ name, size: optional(count, 0) }).safeParse(entry);
    return model.success ? [{ name: model.data.name, contextTokens: 0, sizeBytes: model.data.size }] : [];
  });
}

/** What Ollama's words for abilities are here. It gives schemas to every model that writes. */
const OLLAMA_ABILITIES: Readonly<Record<string, readonly Capability[]>> = {
  completion: ['chat', 'completions', 'json_schema'],
  tools: ['tools'],
  embedding: ['embeddings'],
  vision: ['vision'],
};

/** Ollama's `/api/show`. @see https://docs.ollama.com/api-reference/show-model-details */
export function parseShow(value: unknown): {
  readonly capabilities: readonly Capability[];
  readonly contextTokens: number;
} {
  const show = z
    .object({
      capabilities: optional(z.array(z.string()).max(100), []),
      model_info: optional(z.record(z.string(), z.unknown()), {}),
    })
    .safeParse(value);
  if (!show.success) return { capabilities: [], contextTokens: 0 };
  const { capabilities, model_info } = show.data;
  const context = Object.entries(model_info).find(([key]) => key.endsWith('.context_length'))?.[1];
  return {
    capabilities: capabilities.flatMap((ability) => OLLAMA_ABILITIES[ability] ?? []),
    contextTokens: tokens.safeParse(context).data ?? 0,
  };
}

/** What LM Studio's kinds of models can do; what else one can do is not claimed. */
const LM_STUDIO_TYPES: Readonly<Record<string, readonly Capability[]>> = {
  llm: ['chat', 'completions'],
  vlm: ['chat', 'completions', 'vision'],
  embeddings: ['embeddings'],
};

/**
 * LM Studio's own list, by name; `undefined` of anybody else.
 * @see https://lmstudio.ai/docs/developer/rest/endpoints (`GET /api/v0/models`)
 */
export function parseLmStudio(
  value: unknown,
):
  | ReadonlyMap<string, { readonly capabilities: readonly Capability[]; readonly contextTokens: number }>
  | undefined {
  const list = z.object({ data: z.array(z.unknown()).min(1).max(10_000) }).safeParse(value);
  const models = new Map<string, { capabilities: readonly Capability[]; contextTokens: number }>();
  for (const entry of list.data?.data ?? []) {
    const { data } = lmStudioModel.safeParse(entry);
    if (data === undefined) continue;
    const tools: readonly Capability[] = data.capabilities.includes('tool_use') ? ['tools'] : [];
    models.set(data.id, {
      capabilities: [...(LM_STUDIO_TYPES[data.type] ?? []), ...tools],
      contextTokens: data.max_context_length,
    });
  }
  return models.size === 0 ? undefined : models;
}
const lmStudioModel = z.object({
  id: name,
  type: z.string().max(40),
  state: z.enum(['loaded', 'not-loaded']),
  max_context_length: optional(tokens, 0),
  capabilities: optional(z.array(z.string()).max(100), []),
});

/** A whole chat answer as far as a probe reads it; `undefined` when it is none. */
export function parseProbe(value: unknown): ProbeAnswer | undefined {
  return probeAnswer.safeParse(value).data;
}
const probeAnswer = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: optional(z.string().nullable(), null),
          tool_calls: optional(
            z.array(z.object({ function: z.object({ name: z.string() }) })).nullable(),
            null,
          ),
        }),
        logprobs: optional(z.object({ content: z.array(z.unknown()).nullish() }).nullable(), null),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: count, completion_tokens: count }),
});
export type ProbeAnswer = z.infer<typeof probeAnswer>;

/** Prompt tokens of an answer without choices of a chat: completions and embeddings; `undefined` when it has none. */
export function parseUsage(value: unknown): number | undefined {
  return z.object({ usage: z.object({ prompt_tokens: count }) }).safeParse(value).data?.usage.prompt_tokens;
}

/** A count of tokens: vLLM's `count`, llama-server's `input_tokens`, or the length of its `tokens`. */
export function parseCount(value: unknown): number | undefined {
  const { data } = z
    .object({
      count: count.optional(),
      input_tokens: count.optional(),
      tokens: z.array(z.unknown()).optional(),
    })
    .safeParse(value);
  return data?.count ?? data?.input_tokens ?? data?.tokens?.length;
}

/** Tokens that a whole answer of Responses or Messages read: what came from a cache is counted apart, and was read all the same.
 *  `undefined` when it is no such answer. */
export function parseShapeUsage(value: unknown): number | undefined {
  const { data } = z
    .object({
      usage: z.object({
        input_tokens: count,
        output_tokens: count,
        cache_read_input_tokens: optional(count, 0),
        cache_creation_input_tokens: optional(count, 0),
      }),
    })
    .safeParse(value);
  if (data === undefined) return undefined;
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens } = data.usage;
  return input_tokens + cache_read_input_tokens + cache_creation_input_tokens;
}

/** How many documents a ranking ranks; `undefined` when it is none. @see https://docs.jina.ai, `/v1/rerank` */
export function parseRanking(value: unknown): number | undefined {
  const result = z.object({ index: z.int().min(0), relevance_score: z.number() });
  return z.object({ results: z.array(result) }).safeParse(value).data?.results.length;
}
