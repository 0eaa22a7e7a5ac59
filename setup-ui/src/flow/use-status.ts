/**
 * The machine's live status for the dashboard: pushed while the stream holds, asked for while it does not.
 * Separate so that every section reads the same facts and only one stream is open.
 */
import type { SetupState, StatusAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import { readStatus, watchStatus } from '../api/owner.ts';
import { readSetup } from '../api/setup.ts';
import type { OwnersPage } from './section.ts';
import { backoffMs, decide, pathOf } from './state.ts';
import type { Contact } from './types.ts';

/** A live stream that says nothing for this long is asked directly, in ms. */
const QUIET_MS = 15_000;

export interface Live {
  readonly status: StatusAnswer | undefined;
  readonly contact: Contact;
  /** The wizard's step, to offer going on with it; asked once. */
  readonly step: SetupState['step'] | undefined;
  /** Asks now, such as after a key was made. */
  readonly refresh: () => void;
}

/** Leaves for the sign-in page when there is no session. */
export function leaveForSignIn(): void {
  window.location.replace(pathOf('sign-in'));
}

/** @param page  the page that asks; the machine's own state may name another */
export function useStatus(page: OwnersPage): Live {
  const [status, setStatus] = useState<StatusAnswer>();
  const [contact, setContact] = useState<Contact>('loading');
  const [step, setStep] = useState<SetupState['step']>();
  const [asked, setAsked] = useState(0);

  useEffect(() => {
    let isOver = false;
    let failures = 0;
    let timer: number | undefined;
    let stopWatching: (() => void) | undefined;
    const take = (next: StatusAnswer): void => {
      failures = 0;
      setStatus(next);
      setContact('online');
      schedule(QUIET_MS);
    };
    const schedule = (ms: number): void => {
      window.clearTimeout(timer);
      if (!isOver) timer = window.setTimeout(() => void ask(), ms);
    };
    const fail = (again: () => Promise<void>): void => {
      failures += 1;
      setContact('reconnecting');
      window.clearTimeout(timer);
      timer = window.setTimeout(() => void again(), backoffMs(failures));
    };
    const ask = async (): Promise<void> => {
      const answer = await readStatus();
      if (isOver) return;
      if (answer.kind !== 'ok') {
        // Without a session or an owner the setup state says where to go; asking it also ends a loop between two pages.
        fail(answer.kind === 'problem' && (answer.status === 401 || answer.status === 403) ? begin : ask);
        return;
      }
      take(answer.value);
      stopWatching ??= watchStatus(take, (isStreamOver) => {
        if (isStreamOver) {
          stopWatching?.();
          stopWatching = undefined;
        }
        schedule(backoffMs(1));
      });
    };
    const begin = async (): Promise<void> => {
      const setup = await readSetup();
      if (isOver) return;
      if (setup.kind !== 'ok') {
        fail(begin);
        return;
      }
      const decision = decide(page, setup.value);
      if (decision.kind === 'go') {
        window.location.replace(decision.path);
        return;
      }
      setStep(setup.value.step);
      await ask();
    };
    void begin();
    return () => {
      isOver = true;
      window.clearTimeout(timer);
      stopWatching?.();
    };
  }, [page]);

  useEffect(() => {
    if (asked === 0) return;
    void readStatus().then((answer) => {
      if (answer.kind === 'ok') setStatus(answer.value);
    });
  }, [asked]);

  return { status, contact, step, refresh: () => setAsked((count) => count + 1) };
}
