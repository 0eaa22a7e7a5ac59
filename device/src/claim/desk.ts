/**
 * What claiming and signing in share: the stored slice, the time, the bound on slow hashing, and counted tries.
 * Separate so that no door forgets to write a try down before it compares.
 */
import { randomUUID } from 'node:crypto';
import { CodedError, type ErrorCode, type MachineKind } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import type { Store } from '../store/port.ts';
import { WorkGate } from './gate.ts';
import { type Moment, standing, TRY_RULES, type TryKind } from './judge.ts';
import type { PasswordCost } from './parse.ts';
import { hashSecret, mintSecret, PASSWORD_COST } from './secrets.ts';
import { useTry } from './state.ts';
import type { ClaimSlice, Session } from './types.ts';

export interface ClaimDeps {
  readonly store: Store<ClaimSlice>;
  readonly clock: Clock;
  readonly log: Log;
  /** Where its sentences are read; a Host unless told. */
  readonly kind?: MachineKind;
  /** What a new password's hash costs; default `PASSWORD_COST`. Hashes already stored tell their own. */
  readonly passwordCost?: PasswordCost;
}

/** Somebody who has just become, or proven to be, the owner. `cookie` is the session's value, shown to nobody else. */
export interface SignedIn {
  readonly ownerName: string;
  readonly cookie: string;
}
/** The same with the recovery code that is shown once, in groups of four. */
export interface SignedInWithCode extends SignedIn {
  readonly recoveryCode: string;
}

export class Desk {
  readonly store: Store<ClaimSlice>;
  readonly log: Log;
  readonly kind: MachineKind;
  readonly gate = new WorkGate();
  readonly passwordCost: PasswordCost;
  readonly #clock: Clock;
  readonly #run = randomUUID();

  constructor({ store, clock, log, kind = 'host', passwordCost = PASSWORD_COST }: ClaimDeps) {
    this.kind = kind;
    this.store = store;
    this.#clock = clock;
    this.log = log;
    this.passwordCost = passwordCost;
  }

  now(): Moment {
    return {
      run: this.#run,
      monoMs: Math.floor(this.#clock.monotonicMs()),
      wallMs: Math.max(0, this.#clock.now()),
    };
  }

  /** Tries left and seconds until the next. */
  standing(kind: TryKind): { readonly triesLeft: number; readonly lockedForS: number } {
    return standing(this.store.read().tries[kind], TRY_RULES[kind], this.now());
  }

  /**
   * Writes one try down; only then may anything be compared.
   * @returns the slice with the try in it
   * @throws `locked` with the seconds to wait, store_write_failed when it could not be written
   */
  async countTry(
    kind: TryKind,
    locked: Extract<ErrorCode, 'claim_locked' | 'sign_in_locked'>,
  ): Promise<ClaimSlice> {
    return this.store.update((slice) => {
      const counted = useTry(slice, kind, this.now());
      if (counted === undefined) {
        const { lockedForS } = standing(slice.tries[kind], TRY_RULES[kind], this.now());
        throw new CodedError(
          locked,
          `There were too many tries. The next one is accepted in ${inWords(lockedForS)}.`,
          { retryAfterS: Math.max(1, lockedForS) },
        );
      }
      return counted;
    });
  }

  /** A new session: what to store, and the cookie to hand out. */
  newSession(): { readonly cookie: string; readonly session: Session } {
    const cookie = mintSecret();
    const { wallMs } = this.now();
    return { cookie, session: { sha256: hashSecret(cookie), created_at_ms: wallMs, seen_at_ms: wallMs } };
  }
}

/** `40 seconds`, `12 minutes`: for a sentence. */
function inWords(seconds: number): string {
  if (seconds <= 90) return `${seconds} second${seconds === 1 ? '' : 's'}`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
