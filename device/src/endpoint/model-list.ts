/** Models as `/v1/models` shows them: OpenAI's fields and Anthropic's beside each other, so that both clients read them.
 *  Separate from the endpoint, which decides whose key sees which. */
import type { EngineState, ServedModel } from '../engine/port.ts';

export interface ModelEntry {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** @param createdS  Unix seconds: since when this machine serves it */
export function entryOf(model: ServedModel, state: EngineState, createdS: number): ModelEntry {
  return {
    id: model.id,
    object: 'model',
    created: createdS,
    owned_by: 'b3iq',
    type: 'model',
    display_name: model.label,
    created_at: new Date(createdS * 1000).toISOString(),
    b3iq: {
      label: model.label,
      self_test: model.selfTest,
      context_tokens: model.contextTokens || null, // unknown of some engines
      state: state.name,
      capabilities: model.capabilities,
    },
  };
}

/** All on one page, as both shapes say it. */
export function listOf(data: readonly ModelEntry[]): object {
  const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  return { object: 'list', data, has_more: false, ...ends };
}
