/** The library and the catalogue, looked at each second while something moves and now and then otherwise. */
import type { CatalogueAnswer, ModelLibraryAnswer, OllamaAnswer, StickAnswer } from '@b3iq/wire/local-api';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Answer, Failure } from '../api/call.ts';
import { readCatalogue, readLibrary, readOllama } from '../api/models.ts';
import { isMoving } from './models.ts';
import { leaveForSignIn } from './use-status.ts';
import { useStick } from './use-stick.ts';

const MOVING_MS = 1_000;
const QUIET_MS = 10_000;

export interface Models {
  readonly library: ModelLibraryAnswer | undefined;
  readonly catalogue: CatalogueAnswer | undefined;
  /** What Ollama has on this computer. */
  readonly ollama: OllamaAnswer['models'];
  readonly stick: StickAnswer | undefined;
  readonly failure: Failure | undefined;
  /** Shows the answer of a call that changed something. */
  readonly take: (answer: Answer<ModelLibraryAnswer>) => void;
  /** Looks now. */
  readonly look: () => Promise<void>;
}

export function useModels(): Models {
  const [library, setLibrary] = useState<ModelLibraryAnswer>();
  const [catalogue, setCatalogue] = useState<CatalogueAnswer>();
  const [ollama, setOllama] = useState<OllamaAnswer['models']>([]);
  const [failure, setFailure] = useState<Failure>();
  const take = useCallback((answer: Answer<ModelLibraryAnswer>): void => {
    if (answer.kind === 'ok') {
      setLibrary(answer.value);
      setFailure(undefined);
    } else if (answer.kind === 'problem' && answer.status === 401) leaveForSignIn();
    else setFailure(answer);
  }, []);
  const look = useCallback(async (): Promise<void> => {
    const answer = await readLibrary();
    // A machine that is away says so elsewhere on the page.
    if (answer.kind !== 'unreachable') take(answer);
  }, [take]);
  const everyMs = isMoving(library?.installs ?? []) ? MOVING_MS : QUIET_MS;
  useEffect(() => {
    void look();
    const timer = window.setInterval(() => void look(), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs, look]);
  // What is offered changes when something was installed, cancelled or removed.
  const known = [...(library?.installed ?? []), ...(library?.installs ?? [])].map(({ id }) => id).join();
  useEffect(() => {
    void readCatalogue().then((answer) => {
      if (answer.kind === 'ok') setCatalogue(answer.value);
    });
    void readOllama().then((answer) => {
      if (answer.kind === 'ok') setOllama(answer.value.models);
    });
  }, [known]);
  const stick = useStick(known);
  return { library, catalogue, ollama, stick, failure, take, look };
}
