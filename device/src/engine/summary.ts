/** An engine and its model as the owner sees them. Separate so that engines know nothing of pages. */
import type { ModelSummary } from '@b3iq/wire/local-api';
import type { Engine } from './port.ts';

/** The state of now; ask again after each change. */
export function summaryOf(engine: Engine): ModelSummary {
  const { id, label, selfTest, contextTokens, sizeBytes, capabilities } = engine.model;
  const { name, reason } = engine.state();
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
