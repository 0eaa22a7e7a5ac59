/** Follows the networks and a join, also through the time in which the machine cannot be reached. */
import type { JoinRequest, NetworksAnswer } from '@b3iq/wire/local-api';
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { Answer, Failure } from '../api/call.ts';
import { answersAt, forgetNetwork, joinNetwork, readNetworks, scanNetworks } from '../api/network.ts';
import { useNow } from '../parts/use-now.ts';
import { movesTo, noAir, onAir, pauseMs, viewOf } from './state.ts';
import type { AirState, AirView } from './types.ts';

/** How often another address is tried while this one is silent. */
const TRY_MS = 3000;

export interface Air {
  readonly state: AirState;
  readonly view: AirView;
  /** Where the machine will be, when that is not where this page came from. */
  readonly movesTo: string | undefined;
  readonly failure: Failure | undefined;
  readonly listen: () => void;
  readonly join: (request: JoinRequest, ssid: string) => void;
  readonly forget: (ssid: string) => void;
}

/** @param isOpen  whether this person may ask; once true the following goes on through every silence */
export function useAir(isOpen: boolean): Air {
  const [state, dispatch] = useReducer(onAir, noAir);
  const [failure, setFailure] = useState<Failure>();
  const latest = useRef(state);
  latest.current = state;
  const nowMs = useNow(state.errand === undefined ? 5000 : 250);
  const [origin, setOrigin] = useState('');
  useEffect(() => setOrigin(window.location.origin), []);
  const next = movesTo(state.answer?.next_url, origin);
  const view = viewOf(state, nowMs);

  const take = (heard: Answer<NetworksAnswer>): void => {
    if (heard.kind === 'ok') {
      dispatch({ kind: 'heard', answer: heard.value, nowMs: performance.now() });
      setFailure(undefined);
    } else if (isSilence(heard)) dispatch({ kind: 'missed', nowMs: performance.now() });
    else setFailure(heard);
  };
  const hasErrand = state.errand !== undefined;
  useEffect(() => {
    if (!isOpen) return undefined;
    let isOver = false;
    let timer: number | undefined;
    const look = async (): Promise<void> => {
      const heard = await readNetworks();
      if (isOver) return;
      take(heard);
      timer = window.setTimeout(() => void look(), pauseMs(latest.current));
    };
    // A request of the page's own is answered by itself; the first look after it can wait a moment.
    timer = window.setTimeout(() => void look(), hasErrand ? 1000 : 0);
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
  }, [isOpen, hasErrand]);

  // The phone may have come back into the new network by itself: then the machine answers at its other address.
  const isSearching = view.kind === 'joining' && view.isAway && next !== undefined;
  useEffect(() => {
    if (!isSearching || next === undefined) return undefined;
    const timer = window.setInterval(async () => {
      // On the setup network the machine has both addresses; this page and its session are worth keeping then.
      if (!(await answersAt(next))) return;
      const here = await readNetworks();
      if (here.kind === 'ok' || !isSilence(here)) take(here);
      else window.location.replace(next);
    }, TRY_MS);
    return () => window.clearInterval(timer);
  }, [isSearching, next]);

  /** @param isAll  whether the answer ends it; a join goes on and is followed by looking */
  const settle = (heard: Answer<NetworksAnswer>, isAll: boolean): void => {
    if (heard.kind !== 'ok' && isSilence(heard)) {
      dispatch({ kind: 'unsure', nowMs: performance.now() });
      return;
    }
    if (isAll || heard.kind !== 'ok') dispatch({ kind: 'settled' });
    take(heard);
  };
  return {
    state,
    view,
    movesTo: next,
    failure,
    listen: async () => {
      dispatch({ kind: 'asked', what: { kind: 'listen' }, nowMs: performance.now() });
      settle(await scanNetworks(), true);
    },
    join: async (request, ssid) => {
      setFailure(undefined);
      dispatch({ kind: 'asked', what: { kind: 'join', ssid }, nowMs: performance.now() });
      settle(await joinNetwork(request), false);
    },
    forget: async (ssid) => {
      dispatch({ kind: 'asked', what: { kind: 'forget', ssid }, nowMs: performance.now() });
      settle(await forgetNetwork(), true);
    },
  };
}

/** No answer, or one that is no answer of ours: another network may have somebody else at the same address. */
function isSilence(failure: Failure): boolean {
  return failure.kind === 'unreachable' || failure.code === 'unreadable';
}
