/**
 * Claim, owner and sessions as the rest of the agent uses them.
 * Separate from the doors themselves so that the routes and the start-up see one small surface.
 */
import type { ClaimRequest, RecoverRequest, SetupStep, SignInRequest } from '@b3iq/wire/local-api';
import { armWith, claim, mintToken, setLabel } from './claim.ts';
import { type ClaimDeps, Desk, type SignedIn, type SignedInWithCode } from './desk.ts';
import { isTouchDue, secretRestMs } from './judge.ts';
import { planStep } from './plan.ts';
import { hashSecret } from './secrets.ts';
import {
  type Asker,
  changePassword,
  mintRecoveryLink,
  provePassword,
  recover,
  renewRecoveryCode,
  signIn,
} from './sign-in.ts';
import { endSession, findSession, resume, touchSession } from './state.ts';
import type { ClaimSecret, ClaimSlice } from './types.ts';

/** Remaining lock-out time is written down this often while there is any: a restart repeats at most this much. */
const PERSIST_EVERY_MS = 30_000;

/** A request's proof of being the owner. */
export interface OwnerSession {
  readonly sha256: string;
  readonly ownerName: string;
}

export class ClaimService {
  readonly #desk: Desk;
  readonly #timer: NodeJS.Timeout;

  private constructor(desk: Desk) {
    this.#desk = desk;
    this.#timer = setInterval(() => {
      if (this.#hasTries()) void this.#persistQuietly();
    }, PERSIST_EVERY_MS).unref();
  }

  /** Takes up the stored state; lock-outs go on with the seconds that were left. */
  static async start(deps: ClaimDeps): Promise<ClaimService> {
    const desk = new Desk(deps);
    const service = new ClaimService(desk);
    if (service.#hasTries() || service.secretKind() === 'token') await service.#persistQuietly();
    return service;
  }

  /** Whether there is an owner, and who. */
  ownerName(): string | null {
    return this.#desk.store.read().owner?.name ?? null;
  }
  isClaimed(): boolean {
    return this.#desk.store.read().owner !== null;
  }
  /** What the claim page asks for, `undefined` when nothing was sealed or minted yet. */
  secretKind(): 'label' | 'token' | undefined {
    return this.#desk.store.read().secret?.kind;
  }
  /** Whether a secret handed out earlier still makes its bearer the owner. */
  hasLiveSecret(): boolean {
    const { secret } = this.#desk.store.read();
    return secret !== null && secretRestMs(secret, this.#desk.now()) > 0;
  }
  /** Claim tries left, and whole seconds until the next is accepted. */
  claimStanding(): { readonly triesLeft: number; readonly lockedForS: number } {
    return this.#desk.standing('claim');
  }

  /** A fresh setup token; older ones die. @throws already_claimed, store_write_failed */
  mintToken(): Promise<{ readonly token: string; readonly expiresInS: number }> {
    return mintToken(this.#desk);
  }
  /** Arms an unclaimed appliance with the hash of its label. @throws store_write_failed */
  armWith(secret: ClaimSecret): Promise<void> {
    return armWith(this.#desk, secret);
  }
  /** Arms an appliance with its label's 8 characters. @throws invalid_request, already_claimed */
  setLabel(label: string): Promise<void> {
    return setLabel(this.#desk, label);
  }
  /** @throws invalid_request, already_claimed, claim_secret_wrong, claim_secret_expired, claim_locked, queue_full */
  claim(request: ClaimRequest, by = { operator: false }): Promise<SignedInWithCode> {
    return claim(this.#desk, request, by);
  }
  /** @throws node_unclaimed, sign_in_refused, sign_in_locked, queue_full */
  signIn(request: SignInRequest): Promise<SignedIn> {
    return signIn(this.#desk, request);
  }
  /** @throws node_unclaimed, recovery_code_wrong, sign_in_locked, queue_full */
  recover(request: RecoverRequest): Promise<SignedInWithCode> {
    return recover(this.#desk, request);
  }
  /** @throws node_unclaimed, sign_in_refused, sign_in_locked, queue_full */
  changePassword(
    request: { readonly password: string; readonly new_password: string },
    by: Asker,
  ): Promise<void> {
    return changePassword(this.#desk, request, by);
  }
  /** @throws node_unclaimed, sign_in_refused, sign_in_locked, queue_full */
  renewRecoveryCode(
    password: string,
    by: Asker,
  ): Promise<{ readonly ownerName: string; readonly recoveryCode: string }> {
    return renewRecoveryCode(this.#desk, password, by);
  }

  /** Before something that cannot be taken back. @throws node_unclaimed, sign_in_refused, sign_in_locked, queue_full */
  provePassword(password: string, by: Asker): Promise<void> {
    return provePassword(this.#desk, password, by);
  }

  /** A fresh recovery code without a password, for the unix socket alone. @throws node_unclaimed */
  mintRecoveryLink(): Promise<string> {
    return mintRecoveryLink(this.#desk);
  }

  /** The owner behind a cookie's value; its visit is remembered at most once an hour. */
  session(cookie: string): OwnerSession | undefined {
    const slice = this.#desk.store.read();
    const now = this.#desk.now();
    const found = findSession(slice, hashSecret(cookie), now);
    if (found === undefined || slice.owner === null) return undefined;
    if (isTouchDue(found, now)) void this.#touch(found.sha256);
    return { sha256: found.sha256, ownerName: slice.owner.name };
  }
  /** Whether a session found earlier may still be used. */
  isLive(session: OwnerSession): boolean {
    return findSession(this.#desk.store.read(), session.sha256, this.#desk.now()) !== undefined;
  }
  /** Ends one session. @throws store_write_failed */
  async signOut(session: OwnerSession): Promise<void> {
    await this.#desk.store.update((slice) => endSession(slice, session.sha256));
  }

  /** The wizard step to show. */
  step(networkStep: boolean): SetupStep {
    const { owner, step } = this.#desk.store.read();
    return planStep({ claimed: owner !== null, stored: step, networkStep });
  }
  /** Remembers where the owner stands. @throws store_write_failed */
  async moveTo(step: SetupStep): Promise<void> {
    await this.#desk.store.update((slice) => (slice.step === step ? slice : { ...slice, step }));
  }

  /** Writes down what is left of each lock-out and token, as of now. @throws store_write_failed */
  async persist(): Promise<void> {
    await this.#desk.store.update((slice) => resume(slice, this.#desk.now()));
  }
  /** Stops the timer and writes the remaining times; a disk that fails now only makes a lock-out longer. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#hasTries() || this.secretKind() === 'token') await this.#persistQuietly();
  }

  /** Whether a stored count has tries in it, if only ones that have just run off and are to be cleared. */
  #hasTries(): boolean {
    return Object.values(this.#desk.store.read().tries).some((count) => count.rests_ms.length > 0);
  }
  async #touch(sha256: string): Promise<void> {
    await this.#quietly((slice) => {
      const now = this.#desk.now();
      const found = findSession(slice, sha256, now);
      return found !== undefined && isTouchDue(found, now) ? touchSession(slice, sha256, now) : slice;
    });
  }
  #persistQuietly(): Promise<void> {
    return this.#quietly((slice) => resume(slice, this.#desk.now()));
  }
  async #quietly(change: (slice: ClaimSlice) => ClaimSlice): Promise<void> {
    try {
      await this.#desk.store.update(change);
    } catch {
      this.#desk.log.warn('claim.times_not_written');
    }
  }
}
