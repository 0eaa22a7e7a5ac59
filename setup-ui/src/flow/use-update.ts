/** Versions and a running update, on every page of an appliance's owner: the light and the sections tell of them. */
import type { UpdateAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import { readUpdate } from '../api/appliance.ts';
import type { Answer, Failure } from '../api/call.ts';

/** While something moves it is asked each second, on its own section often, elsewhere now and then. */
const MOVING_MS = 1000;
const OPEN_MS = 10_000;
const QUIET_MS = 60_000;

export interface Update {
  readonly answer: UpdateAnswer | undefined;
  readonly failure: Failure | undefined;
  /** Shows the answer of a call that changed something. */
  readonly take: (answer: Answer<UpdateAnswer>) => void;
}

/** @param isAppliance  nothing is asked on a Host   @param isOpen  its own section is on screen */
export function useUpdate(isAppliance: boolean, isOpen: boolean): Update {
  const [answer, setAnswer] = useState<UpdateAnswer>();
  const [failure, setFailure] = useState<Failure>();
  const take = (heard: Answer<UpdateAnswer>): void => {
    if (heard.kind === 'ok') {
      setAnswer(heard.value);
      setFailure(undefined);
    } else setFailure(heard);
  };
  const state = answer?.state.kind;
  const isMoving = state === 'checking' || state === 'installing';
  const everyMs = isMoving ? MOVING_MS : isOpen ? OPEN_MS : QUIET_MS;
  useEffect(() => {
    if (!isAppliance) return undefined;
    let isOver = false;
    const look = async (): Promise<void> => {
      const heard = await readUpdate();
      // A machine that is away says so elsewhere on the page.
      if (!isOver && heard.kind === 'ok') take(heard);
    };
    void look();
    const timer = window.setInterval(() => void look(), everyMs);
    return () => {
      isOver = true;
      window.clearInterval(timer);
    };
  }, [isAppliance, everyMs]);
  return { answer, failure, take };
}
