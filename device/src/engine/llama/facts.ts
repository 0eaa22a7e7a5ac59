/** What a model's own metadata says: vocabulary, template, beginnings and endings, sampling advice.
 *  Separate from every engine because it is read once, trusts nothing it reads, and is the same whoever loads the file. */
import { createHash } from 'node:crypto';
import { toolCallFormatOf } from '../openai/tool-calls.ts';
import { compileTemplate } from './chat-template.ts';
import type { PromptModel } from './prompts.ts';
import { SAMPLING_DEFAULTS, type SamplingDefaults } from './sampling.ts';
import { isControlType, longestTokenBytes, tokenBytes, type VocabularyFacts } from './vocabulary.ts';

/** A key of the file such as `tokenizer.ggml.model`; `undefined` when it is not there. Hostile. */
export type Metadata = (key: string) => unknown;

/** What only the engine that loaded the file can tell. */
export interface LoadedModel {
  readonly contextTokens: number;
  readonly bosText: string;
  readonly eosText: string;
  readonly beginning: number | undefined;
  readonly ending: number | undefined;
  /** Whether the engine reads the token's name as the token, whatever type the file gives it. */
  isControl(token: number): boolean;
  /** Bytes of a token of a vocabulary that is not known here. */
  spell(token: number): Uint8Array;
  readonly tokenize: PromptModel['tokenize'];
}

export interface ModelFacts {
  readonly prompts: PromptModel;
  readonly sampling: SamplingDefaults;
  /** Bytes a token adds to an answer; empty for control tokens, but for those that mark tool calls. */
  readonly bytesOf: (token: number) => Uint8Array;
  /** 8 hex characters that change with template or vocabulary. */
  readonly fingerprint: string;
}

const NOTHING = new Uint8Array(0);

/** @throws model_file_refused when the chat template cannot be read */
export function readModelFacts(metadata: Metadata, model: LoadedModel): ModelFacts {
  const vocabulary = readVocabulary(metadata);
  const source = textAt(metadata, 'tokenizer.chat_template');
  const template =
    source === undefined
      ? undefined
      : compileTemplate(source, { bosToken: model.bosText, eosToken: model.eosText });
  const controls = new Map<number, string>();
  for (const [token, text] of vocabulary.tokens.entries())
    if (isControlType(vocabulary.types[token]) || (mayBeControl(vocabulary, token) && model.isControl(token)))
      controls.set(token, text);
  const format = source === undefined ? undefined : toolCallFormatOf(source);
  const marks = new Set([format?.open, format?.close]);
  return {
    prompts: {
      contextTokens: model.contextTokens,
      vocabularySize: vocabulary.tokens.length,
      longestTokenBytes: longestTokenBytes(vocabulary),
      template,
      controls: [...controls.values()],
      beginning: model.beginning,
      ending: model.ending,
      tokenize: model.tokenize,
    },
    sampling: {
      temperature: numberAt(metadata, 'temp') ?? SAMPLING_DEFAULTS.temperature,
      topP: numberAt(metadata, 'top_p') ?? SAMPLING_DEFAULTS.topP,
      topK: numberAt(metadata, 'top_k') ?? SAMPLING_DEFAULTS.topK,
      minP: numberAt(metadata, 'min_p') ?? SAMPLING_DEFAULTS.minP,
    },
    bytesOf(token) {
      const control = controls.get(token);
      if (control !== undefined && !marks.has(control)) return NOTHING;
      return tokenBytes(vocabulary, token) ?? model.spell(token);
    },
    fingerprint: createHash('sha256')
      .update(`${source ?? ''}\0${vocabulary.tokens.length}`)
      .digest('hex')
      .slice(0, 8),
  };
}

/** llama.cpp also treats some ordinary-typed tokens as control by their name; the engine is asked about the likely ones. */
export function mayBeControl({ tokens, types }: VocabularyFacts, token: number): boolean {
  const USER_DEFINED = 4;
  return types[token] !== USER_DEFINED && /^[<[\uff5c].*[>\]\uff5c]$/s.test(tokens[token] ?? '');
}

export function readVocabulary(metadata: Metadata): VocabularyFacts {
  const tokens = metadata('tokenizer.ggml.tokens');
  const types = metadata('tokenizer.ggml.token_type');
  return {
    model: textAt(metadata, 'tokenizer.ggml.model') ?? '',
    tokens: Array.isArray(tokens) ? tokens.map(String) : [],
    types: Array.isArray(types) ? types.map(Number) : [],
  };
}

/** `general.sampling.*`, written by newer converters. */
function numberAt(metadata: Metadata, name: string): number | undefined {
  const value = metadata(`general.sampling.${name}`);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function textAt(metadata: Metadata, key: string): string | undefined {
  const value = metadata(key);
  return typeof value === 'string' ? value : undefined;
}
