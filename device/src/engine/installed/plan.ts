/**
 * Whether and how an installed model is served: with how much context, for how many at once, with what it can do, or why not.
 * Pure; separate so that each judgement can be read and tried without loading a model.
 */
import type { Capability } from '@b3iq/wire/local-api';
import { needOf } from '../../models/fit/need.ts';
import type { ModelShape, Serving } from '../../models/fit/types.ts';
import { COMFORT_BYTES, judgeFit } from '../../models/fit.ts';
import type { GgufHeader } from '../../models/gate/types.ts';
import { everyday, type InstalledFile } from '../../models/list.ts';
import { toolCallFormatOf } from '../openai/tool-calls.ts';
import type { ServedModel } from '../port.ts';

export type Offer =
  | {
      readonly kind: 'served';
      readonly model: ServedModel;
      /** ≥ 1. */
      readonly slots: number;
      /** What it takes of the memory when it is loaded. */
      readonly bytes: number;
    }
  /** Sentences for the owner. */
  | { readonly kind: 'not-served'; readonly why: string };

/** With less a conversation ends before it has begun. */
const LEAST_CONTEXT_TOKENS = 512;
/** A book of eighty pages. More takes memory from every other model, and minutes to read where there is no card. */
const MOST_CONTEXT_TOKENS = 32_768;

/**
 * @param memoryBytes  what all installed models share
 * @param slots  how many it may answer at once, ≥ 1; fewer where that leaves too little for each
 */
export function planOffer({ model, gate }: InstalledFile, memoryBytes: number, slots: number): Offer {
  if (gate.kind === 'refused') return notServed(gate.why);
  const { header, shape } = gate;
  if (header.kind !== 'gguf')
    return notServed('The engine of this machine reads GGUF only. Install the same model as GGUF.');
  if (header.split !== undefined)
    return notServed(
      'This is one part of several, which are not put together here. Install the model as one file.',
    );
  const chosen = chooseServing(shape, memoryBytes, slots);
  if (chosen === undefined) return notServed(judgeFit(shape, everyday(shape), memoryBytes).reason);
  return {
    kind: 'served',
    model: {
      id: model.id,
      label: model.label,
      selfTest: false,
      contextTokens: chosen.contextTokens,
      sizeBytes: model.sizeBytes,
      capabilities: capabilitiesOf(header),
    },
    slots: chosen.slots,
    bytes: chosen.bytes,
  };
}

interface Chosen {
  readonly contextTokens: number;
  readonly slots: number;
  readonly bytes: number;
}

/** `undefined` when it does not fit. */
function chooseServing(shape: ModelShape, memoryBytes: number, slots: number): Chosen | undefined {
  const { contextTokens: wanted } = everyday(shape);
  const most = (serving: Serving, bytes: number): number =>
    // A model that does not say what it was made for gets what every engine can do.
    Math.min(
      judgeFit(shape, serving, bytes).largestContextTokens ?? 0,
      shape.contextTokens ?? wanted,
      MOST_CONTEXT_TOKENS,
    );
  const chosen = (contextTokens: number, count: number): Chosen | undefined => {
    const need = needOf(shape, { contextTokens, slots: count, kvType: 'F16' });
    return need && { contextTokens, slots: count, bytes: need.totalBytes };
  };
  // Context before company: a conversation that breaks off is worse than one that waits for its turn.
  for (let count = slots; count >= 1; count--) {
    const comfortable = most({ ...everyday(shape), slots: count }, memoryBytes - COMFORT_BYTES);
    if (comfortable >= wanted) return chosen(comfortable, count);
  }
  const tight = Math.min(most(everyday(shape), memoryBytes), wanted);
  if (tight >= Math.min(LEAST_CONTEXT_TOKENS, wanted)) return chosen(tight, 1);
  return unknown(shape, memoryBytes);
}

/** A model whose context cannot be calculated is tried, one conversation at a time, where its weights fit comfortably. */
function unknown(shape: ModelShape, memoryBytes: number): Chosen | undefined {
  const serving = everyday(shape);
  if (shape.weightBytes === undefined || needOf(shape, serving) !== undefined) return undefined;
  const bytes = shape.weightBytes + COMFORT_BYTES;
  return bytes > memoryBytes ? undefined : { contextTokens: serving.contextTokens, slots: 1, bytes };
}

/** What the file says it can do, as our own engines do it. */
function capabilitiesOf({ metadata }: GgufHeader): readonly Capability[] {
  const architecture = metadata.get('general.architecture');
  // An encoder: it reads in both directions and writes nothing.
  if (metadata.get(`${String(architecture)}.attention.causal`) === false) return ['embeddings'];
  const template = metadata.get('tokenizer.chat_template');
  if (typeof template !== 'string') return ['completions', 'embeddings', 'logprobs'];
  return [
    'chat',
    'completions',
    'embeddings',
    ...(toolCallFormatOf(template) === undefined ? [] : (['tools'] as const)),
    'json_schema',
    'logprobs',
  ];
}

const notServed = (why: string): Offer => ({ kind: 'not-served', why });
