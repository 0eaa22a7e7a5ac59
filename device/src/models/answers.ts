/** A fit and an installation in the words of the API. Separate from the service, which decides; here only names change. */
import type { ModelFit, ModelInstall } from '@b3iq/wire/local-api';
import type { Fit } from './fit/types.ts';
import type { InstallState } from './install/types.ts';
import { sentenceOf } from './install/words.ts';

/** @param contextTokens  it was judged with */
export const fitAnswer = (fit: Fit, contextTokens: number): ModelFit => ({
  kind: fit.kind,
  reason: fit.reason,
  context_tokens: contextTokens,
  largest_context_tokens: fit.largestContextTokens ?? null,
});

/** An installation without its path or address: only the server's name. */
export function installOf({ record, phase, ...state }: InstallState): ModelInstall {
  return {
    id: record.id,
    model: record.modelId,
    label: record.label,
    from: record.source.kind === 'url' ? 'server' : record.source.kind,
    host: record.source.kind === 'url' ? new URL(record.source.url).hostname : null,
    phase,
    done_bytes: state.doneBytes,
    total_bytes: state.totalBytes ?? null,
    bytes_per_second: state.bytesPerSecond ?? null,
    seconds_left: state.secondsLeft ?? null,
    message: record.failure === undefined ? null : sentenceOf(record.failure),
    is_pinned: record.expected.sha256 !== undefined,
  };
}
