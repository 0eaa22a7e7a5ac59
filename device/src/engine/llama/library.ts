/** What node-llama-cpp knows of a model it has loaded, in our terms. Separate from what is done with the model. */
import type { LlamaModel, Token } from 'node-llama-cpp';
import { leadOf, withoutLead } from './continuation.ts';
import { type Metadata, type ModelFacts, readModelFacts, readVocabulary } from './facts.ts';
import type { PromptModel } from './prompts.ts';

/** @param contextTokens  what was promised, not what was made */
export function factsOf(model: LlamaModel, contextTokens: number): ModelFacts {
  return readModelFacts(metadataOf(model), {
    contextTokens,
    bosText: model.tokens.bosString ?? '',
    eosText: model.tokens.eosString ?? '',
    beginning: model.tokens.shouldPrependBosToken ? (model.tokens.bos ?? undefined) : undefined,
    ending: model.tokens.shouldAppendEosToken ? (model.tokens.eos ?? undefined) : undefined,
    isControl: (token) => model.isSpecialToken(token as Token), // an index of the vocabulary
    spell: (token) => new TextEncoder().encode(model.detokenize([token as Token], false)), // chosen by the model
    tokenize: tokenizerOf(model),
  });
}

function tokenizerOf(model: LlamaModel): PromptModel['tokenize'] {
  const leadText = leadOf(readVocabulary(metadataOf(model)).model);
  const lead = model.tokenize(leadText, true);
  return async (pieces, withControls) =>
    pieces.flatMap((piece, at) => {
      const whole = () => model.tokenize(piece, withControls);
      return at === 0
        ? whole()
        : (withoutLead(model.tokenize(leadText + piece, withControls), lead) ?? whole());
    });
}

/** The library hands the file's keys over as nested objects. */
function metadataOf(model: LlamaModel): Metadata {
  return (key) => {
    let here: unknown = model.fileInfo.metadata;
    for (const part of key.split('.')) {
      if (here === null || typeof here !== 'object') return undefined;
      here = Object.entries(here).find(([name]) => name === part)?.[1];
    }
    return here;
  };
}
