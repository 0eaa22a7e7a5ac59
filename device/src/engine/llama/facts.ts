/** What a loaded model's own metadata says: vocabulary, template, beginnings and endings, sampling advice.
 *  Separate from the token loop because it is read once and trusts nothing it reads. */
import { createHash } from 'node:crypto';
import type { LlamaModel, Token } from 'node-llama-cpp';
import { toolCallFormatOf } from '../openai/tool-calls.ts';
import { compileTemplate } from './chat-template.ts';
import type { PromptModel } from './prompts.ts';
import { SAMPLING_DEFAULTS, type SamplingDefaults } from './sampling.ts';
import { isControlType, longestTokenBytes, tokenBytes, type VocabularyFacts } from './vocabulary.ts';

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
export function readModelFacts(model: LlamaModel, contextTokens: number): ModelFacts {
  const { metadata } = model.fileInfo;
  const vocabulary = readVocabulary(metadata);
  const source = textAt(metadata, 'tokenizer', 'chat_template');
  const template =
    source === undefined
      ? undefined
      : compileTemplate(source, {
          bosToken: model.tokens.bosString ?? '',
          eosToken: model.tokens.eosString ?? '',
        });
  const controls = new Map<number, string>();
  for (const [token, text] of vocabulary.tokens.entries()) {
    // llama.cpp also treats some ordinary-typed tokens as control by their name; it is asked about the likely ones.
    const isNamed = /^[<[\uff5c].*[>\]\uff5c]$/s.test(text);
    const type = vocabulary.types[token];
    if (isControlType(type) || (isNamed && type !== 4 && model.isSpecialToken(token as Token)))
      // an index of the vocabulary
      controls.set(token, text);
  }
  const format = source === undefined ? undefined : toolCallFormatOf(source);
  const marks = new Set([format?.open, format?.close]);
  return {
    prompts: {
      contextTokens,
      vocabularySize: vocabulary.tokens.length,
      longestTokenBytes: longestTokenBytes(vocabulary),
      template,
      controls: [...controls.values()],
      beginning: model.tokens.shouldPrependBosToken ? (model.tokens.bos ?? undefined) : undefined,
      ending: model.tokens.shouldAppendEosToken ? (model.tokens.eos ?? undefined) : undefined,
      tokenize: (text, withControls, isContinued) =>
        model.tokenize(text, withControls, isContinued ? 'trimLeadingSpace' : undefined),
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
      return (
        tokenBytes(vocabulary, token) ?? new TextEncoder().encode(model.detokenize([token as Token], false)) // chosen by the model
      );
    },
    fingerprint: createHash('sha256')
      .update(`${source ?? ''}\0${vocabulary.tokens.length}`)
      .digest('hex')
      .slice(0, 8),
  };
}

function readVocabulary(metadata: object): VocabularyFacts {
  const tokens = at(metadata, 'tokenizer', 'ggml', 'tokens');
  const types = at(metadata, 'tokenizer', 'ggml', 'token_type');
  return {
    model: textAt(metadata, 'tokenizer', 'ggml', 'model') ?? '',
    tokens: Array.isArray(tokens) ? tokens.map(String) : [],
    types: Array.isArray(types) ? types.map(Number) : [],
  };
}

/** `general.sampling.*`, written by newer converters. */
function numberAt(metadata: object, name: string): number | undefined {
  const value = at(metadata, 'general', 'sampling', name);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function textAt(metadata: object, ...path: readonly string[]): string | undefined {
  const value = at(metadata, ...path);
  return typeof value === 'string' ? value : undefined;
}

function at(root: object, ...path: readonly string[]): unknown {
  let here: unknown = root;
  for (const key of path) {
    if (here === null || typeof here !== 'object') return undefined;
    here = Object.entries(here).find(([name]) => name === key)?.[1];
  }
  return here;
}
