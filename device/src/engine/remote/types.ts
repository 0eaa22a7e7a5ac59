/**
 * Somebody else's engine as the agent knows it: where it is, and what was found out about each of its models.
 * Separate because settings, probing and pages share it. Pure data.
 */
import { type Capability, ENGINE_KINDS, engineName } from '@b3iq/wire/local-api';
import { z } from 'zod';
import type { InferencePath } from '../port.ts';

/** One engine of the owner's list; its key lies in a file of its own. */
export const remoteSettings = z.strictObject({
  /** Stands before the names of its models: `name/model`. */
  name: engineName,
  kind: z.enum(ENGINE_KINDS),
  /** Such as `http://127.0.0.1:11434`; no path. */
  origin: z.url(),
  /** A key was given; without its file the engine is not asked. */
  has_key: z.boolean(),
});
export type RemoteSettings = Readonly<z.infer<typeof remoteSettings>>;

/** The slice `engines` of the settings file. */
export const enginesSlice = z.array(remoteSettings);
export type EnginesSlice = readonly RemoteSettings[];

/**
 * How a prompt can be counted before it is answered: vLLM's `/tokenize` takes messages, llama-server's
 * `/v1/chat/completions/input_tokens` takes the request itself. `undefined`: not at all.
 * @see https://docs.vllm.ai/en/latest/serving/openai_compatible_server/ (Tokenizer API)
 * @see https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
 */
export type Counter = 'vllm' | 'llama-server';

/** What probing found out about one model. */
export interface FoundModel {
  /** As the engine calls it. */
  readonly name: string;
  readonly capabilities: readonly Capability[];
  /** 0 when the engine does not say. */
  readonly contextTokens: number;
  /** 0 when the engine does not say. */
  readonly sizeBytes: number;
  /** Answers to one call whose tokens it counts right. */
  readonly maxChoices: number;
  readonly counter: Counter | undefined;
  /** Responses and Messages, where their count is exact too. */
  readonly counted: readonly InferencePath[];
}

/** What one look at an engine found. */
export interface Found {
  readonly models: readonly FoundModel[];
  /** Requests it works on at once, when it says so. */
  readonly slots: number | undefined;
}

/** One line of an engine's list of models, before anything is tried. */
export interface ListedModel {
  readonly name: string;
  readonly contextTokens: number;
  readonly sizeBytes: number;
  /** What it is for, in the words of Hugging Face; speaches says so. */
  readonly task?: string | undefined;
}
