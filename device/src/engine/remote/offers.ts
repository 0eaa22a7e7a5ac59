/**
 * Engines that already run on this computer, found at the ports they take by themselves. Separate because finding one is no
 * reason to use it: what is found is offered to the owner, and only the list of models is read, nothing is tried.
 */
import type { EngineKind, EngineOffer } from '@b3iq/wire/local-api';
import { listModels } from './probe.ts';

export interface Candidate {
  readonly kind: EngineKind;
  readonly url: string;
}

/** Where Ollama, LM Studio, vLLM, SGLang and llama-server listen unless told otherwise. */
export const USUAL_PLACES: readonly Candidate[] = [
  { kind: 'ollama', url: 'http://127.0.0.1:11434' },
  { kind: 'openai', url: 'http://127.0.0.1:1234' },
  { kind: 'openai', url: 'http://127.0.0.1:8000' },
  { kind: 'openai', url: 'http://127.0.0.1:30000' },
  { kind: 'openai', url: 'http://127.0.0.1:8080' },
];
/** Loopback answers at once or not at all; the owner's page waits for this. */
const LOOK_MS = 700;

/** Those candidates that answer with a list of models, without those whose origin is used. Never rejects. */
export async function findOffers(
  candidates: readonly Candidate[],
  used: ReadonlySet<string>,
): Promise<readonly EngineOffer[]> {
  const found = await Promise.all(
    candidates.map(async ({ kind, url }): Promise<readonly EngineOffer[]> => {
      if (used.has(url)) return [];
      const listed = await listModels(kind, { origin: url, headers: {} }, AbortSignal.timeout(LOOK_MS)).catch(
        () => [],
      );
      return listed.length === 0 ? [] : [{ kind, url, models: listed.map(({ name }) => name) }];
    }),
  );
  return found.flat();
}
