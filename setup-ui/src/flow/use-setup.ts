/**
 * Keeps a page in step with the machine: asks for the setup state, moves to the page it names, and bridges restarts.
 * Separate so that all pages resume by one rule and no island runs a timer for it.
 */
import type { SetupState } from '@b3iq/wire/local-api';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { readSetup } from '../api/setup.ts';
import { backoffMs, decide } from './state.ts';
import type { Contact, Page } from './types.ts';

/** How often a quiet page looks whether the machine is still there, in ms. Short enough to see a restart happen. */
const LOOK_MS = 4000;

export interface Setup {
  readonly setup: SetupState | undefined;
  readonly contact: Contact;
  /** Asks now; resolves when the answer is on screen. */
  readonly refresh: () => Promise<void>;
  /** Shows an answer the machine gave to another call, and follows it. */
  readonly accept: (setup: SetupState) => void;
  /** While held the page stays, whatever the step: something shown once is on it. */
  readonly hold: (isHeld: boolean) => void;
}

/** @param page  the page that asks */
export function useSetup(page: Page): Setup {
  const [setup, setSetup] = useState<SetupState>();
  const [contact, setContact] = useState<Contact>('loading');
  const held = useRef(false);
  const failures = useRef(0);

  const accept = useCallback(
    (next: SetupState) => {
      const decision = decide(page, next, window.location.hash);
      if (decision.kind === 'go' && !held.current) {
        window.location.replace(decision.path);
        return;
      }
      setSetup(next);
    },
    [page],
  );
  const refresh = useCallback(async () => {
    const answer = await readSetup();
    if (answer.kind === 'ok') {
      failures.current = 0;
      setContact('online');
      accept(answer.value);
    } else {
      failures.current += 1;
      setContact('reconnecting');
    }
  }, [accept]);
  const hold = useCallback((isHeld: boolean) => {
    held.current = isHeld;
  }, []);

  useEffect(() => {
    let timer: number | undefined;
    // Each look replaces the one before; an older one that comes back late starts no second chain of timers.
    let newest = 0;
    const look = async (): Promise<void> => {
      newest += 1;
      const mine = newest;
      await refresh();
      if (mine !== newest) return;
      timer = window.setTimeout(look, failures.current === 0 ? LOOK_MS : backoffMs(failures.current));
    };
    const lookNow = (): void => {
      if (document.visibilityState !== 'visible') return;
      window.clearTimeout(timer);
      void look();
    };
    void look();
    // A phone that slept, or a page that came back from the browser's history, may show an old step.
    document.addEventListener('visibilitychange', lookNow);
    window.addEventListener('pageshow', lookNow);
    return () => {
      newest = -1;
      window.clearTimeout(timer);
      document.removeEventListener('visibilitychange', lookNow);
      window.removeEventListener('pageshow', lookNow);
    };
  }, [refresh]);

  return { setup, contact, refresh, accept, hold };
}
