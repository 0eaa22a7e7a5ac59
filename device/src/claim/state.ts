/**
 * What a claim, a sign-in or a lost password does to the stored state: (state, event) → state. Pure.
 * Separate so that "either a usable secret or an owner" can be read, and tested, in one place.
 */
import {
  countTry,
  isSessionLive,
  type Moment,
  noTriesAt,
  secretRestMs,
  TOKEN_LIFE_MS,
  TRY_RULES,
  type TryKind,
  tick,
} from './judge.ts';
import {
  type ClaimSecret,
  type ClaimSlice,
  MAX_RETIRED,
  MAX_SESSIONS,
  type Owner,
  type Session,
} from './types.ts';

/** Brings stored times over to this process; must run once at start, before anything else. */
export function resume(slice: ClaimSlice, now: Moment): ClaimSlice {
  const { claim, sign_in, recovery } = slice.tries;
  const tries = { claim: tick(claim, now), sign_in: tick(sign_in, now), recovery: tick(recovery, now) };
  return { ...slice, tries, secret: slice.secret === null ? null : anchor(slice.secret, now) };
}

function anchor(secret: ClaimSecret, now: Moment): ClaimSecret {
  if (secret.kind === 'label') return secret;
  const rest_ms = Math.max(0, secretRestMs(secret, now));
  return { ...secret, rest_ms, run: now.run, at_ms: now.monoMs, saved_at_ms: now.wallMs };
}

/** A fresh token; the one before it dies and is remembered as such. `undefined` when there is an owner already. */
export function putToken(slice: ClaimSlice, sha256: string, now: Moment): ClaimSlice | undefined {
  if (slice.owner !== null) return undefined;
  const old = slice.secret?.kind === 'token' ? [slice.secret.sha256] : [];
  const secret: ClaimSecret = {
    kind: 'token',
    sha256,
    rest_ms: TOKEN_LIFE_MS,
    run: now.run,
    at_ms: now.monoMs,
    saved_at_ms: now.wallMs,
  };
  return { ...slice, secret, retired_sha256: [...old, ...slice.retired_sha256].slice(0, MAX_RETIRED) };
}

/** Counts a try before it is compared; `undefined` when none is left. */
export function useTry(slice: ClaimSlice, kind: TryKind, now: Moment): ClaimSlice | undefined {
  const count = countTry(slice.tries[kind], TRY_RULES[kind], now);
  return count === undefined ? undefined : { ...slice, tries: { ...slice.tries, [kind]: count } };
}

/** How taking ownership can end. */
export type Taken =
  | { readonly kind: 'taken'; readonly slice: ClaimSlice }
  | { readonly kind: 'already-claimed' }
  | { readonly kind: 'secret-gone' };

/**
 * Consumes the secret and creates the owner in one step. `proven` is the secret that was compared: another one in
 * its place, or an owner, means that somebody was faster.
 */
export function takeOwnership(
  slice: ClaimSlice,
  proven: ClaimSecret,
  owner: Owner,
  session: Session,
  now: Moment,
): Taken {
  if (slice.owner !== null) return { kind: 'already-claimed' };
  if (slice.secret === null || !isSameSecret(slice.secret, proven)) return { kind: 'secret-gone' };
  const tries = { claim: noTriesAt(now), sign_in: noTriesAt(now), recovery: noTriesAt(now) };
  return {
    kind: 'taken',
    slice: { secret: null, retired_sha256: [], owner, sessions: [session], tries, step: null },
  };
}

/** Whether both are the same secret, by what is kept of them. */
export function isSameSecret(a: ClaimSecret, b: ClaimSecret): boolean {
  if (a.kind === 'token') return b.kind === 'token' && a.sha256 === b.sha256;
  return b.kind === 'label' && a.scrypt === b.scrypt && a.salt === b.salt;
}

/** One more session; those that ran out go, then the one unused longest. Sign-in tries are forgotten. */
export function addSession(slice: ClaimSlice, session: Session, now: Moment): ClaimSlice {
  const live = slice.sessions.filter((s) => isSessionLive(s, now));
  const kept = live.sort((a, b) => b.seen_at_ms - a.seen_at_ms).slice(0, MAX_SESSIONS - 1);
  return { ...slice, sessions: [...kept, session], tries: { ...slice.tries, sign_in: noTriesAt(now) } };
}

/** The owner has just proven the password: its tries are forgotten. */
export function forgetSignInTries(slice: ClaimSlice, now: Moment): ClaimSlice {
  return { ...slice, tries: { ...slice.tries, sign_in: noTriesAt(now) } };
}

/** The live session with this hash. */
export function findSession(slice: ClaimSlice, sha256: string, now: Moment): Session | undefined {
  return slice.sessions.find((s) => s.sha256 === sha256 && isSessionLive(s, now));
}

/** That session's last visit is now. */
export function touchSession(slice: ClaimSlice, sha256: string, now: Moment): ClaimSlice {
  const sessions = slice.sessions.map((s) => (s.sha256 === sha256 ? { ...s, seen_at_ms: now.wallMs } : s));
  return { ...slice, sessions };
}

/** Without that session; the same value when there was none. */
export function endSession(slice: ClaimSlice, sha256: string): ClaimSlice {
  const sessions = slice.sessions.filter((s) => s.sha256 !== sha256);
  return sessions.length === slice.sessions.length ? slice : { ...slice, sessions };
}

/**
 * The owner after a change of password or recovery code. `proven` is the owner that was compared: `undefined` comes
 * back when the stored one has changed since. `keep` are the sessions that go on.
 */
export function changeOwner(
  slice: ClaimSlice,
  proven: Owner,
  change: Partial<Pick<Owner, 'password' | 'recovery_sha256'>>,
  keep: (session: Session) => boolean,
  now: Moment,
): ClaimSlice | undefined {
  const { owner } = slice;
  if (
    owner === null ||
    owner.password !== proven.password ||
    owner.recovery_sha256 !== proven.recovery_sha256
  )
    return undefined;
  const tries = { ...slice.tries, sign_in: noTriesAt(now), recovery: noTriesAt(now) };
  return { ...slice, owner: { ...owner, ...change }, sessions: slice.sessions.filter(keep), tries };
}
