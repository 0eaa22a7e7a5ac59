/** The models of all engines as the owner sees them. Separate so that engines know nothing of pages. */
import type { ModelSummary } from '@b3iq/wire/local-api';
import type { EngineState, ServedModel } from './port.ts';
import { commonModel, computerOf, stateOfCopies } from './registry/judge.ts';
import type { EngineRegistry } from './registry/registry.ts';

/** Each model once, however many engines serve it; the state of now. The first is what pages and examples begin with. */
export function summariesOf(engines: EngineRegistry): readonly ModelSummary[] {
  const models = [...engines.models().values()].flatMap((set) => {
    const copies = [...set];
    const model = commonModel(copies.map((engine) => engine.model));
    if (model === undefined) return [];
    const elsewhere = copies
      .map(({ address }) => computerOf(address))
      .find((computer) => computer !== undefined);
    const summary = summaryOf(model, stateOfCopies(copies.map((engine) => engine.state())));
    return elsewhere === undefined ? [summary] : [{ ...summary, elsewhere }];
  });
  return models.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** A model of the owner's before the self-test, the machine's own before another computer's, those that chat before those
 *  that do something else, and last what cannot answer. */
function rankOf({ self_test, elsewhere, state, capabilities }: ModelSummary): number {
  if (state === 'failed' || state === 'stopped') return 4;
  if (!capabilities.includes('chat')) return 3;
  if (elsewhere !== undefined) return 2;
  return self_test ? 1 : 0;
}

function summaryOf(model: ServedModel, { name, reason }: EngineState): ModelSummary {
  const { id, label, selfTest, contextTokens, sizeBytes, capabilities } = model;
  return {
    id,
    label,
    self_test: selfTest,
    context_tokens: contextTokens,
    size_bytes: sizeBytes,
    state: name,
    ...(reason === undefined ? {} : { reason }),
    capabilities,
  };
}
