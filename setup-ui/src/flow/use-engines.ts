/** The owner's list of engines elsewhere, looked at now and then: they come and go by themselves. */
import type { EnginesAnswer } from '@b3iq/wire/local-api';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Failure } from '../api/call.ts';
import { readEngines } from '../api/engines.ts';
import { leaveForSignIn } from './use-status.ts';

/** The machine itself looks every ten seconds. */
const EVERY_MS = 10_000;

export interface Engines {
  readonly answer: EnginesAnswer | undefined;
  readonly failure: Failure | undefined;
  readonly fail: (failure: Failure) => void;
  /** Looks now. */
  readonly look: () => Promise<void>;
}

export function useEngines(): Engines {
  const [answer, setAnswer] = useState<EnginesAnswer>();
  const [failure, setFailure] = useState<Failure>();
  const look = useCallback(async (): Promise<void> => {
    const read = await readEngines();
    if (read.kind === 'ok') {
      setAnswer(read.value);
      setFailure(undefined);
    } else if (read.kind === 'problem' && read.status === 401) leaveForSignIn();
    // A machine that is away says so elsewhere on the page.
    else if (read.kind === 'problem') setFailure(read);
  }, []);
  useEffect(() => {
    void look();
    const timer = window.setInterval(() => void look(), EVERY_MS);
    return () => window.clearInterval(timer);
  }, [look]);
  return { answer, failure, fail: setFailure, look };
}
