/** The owner's account after the claim: sign in, recover, change the password, make a fresh recovery code. */
import type { RecoverRequest, SignInRequest } from '@b3iq/wire/local-api';
import { CodedError } from '../errors.ts';
import type { Desk, SignedIn, SignedInWithCode } from './desk.ts';
import { inGroups, isSameName, parseRecoveryCode } from './parse.ts';
import { hashPassword, hashSecret, isPassword, isSameHash, mintRecoveryCode } from './secrets.ts';
import { addSession, changeOwner, forgetSignInTries } from './state.ts';
import type { ClaimSlice, Owner, Session } from './types.ts';

/** Who asks for a change. The unix socket is never locked out: it may be the way to end an attack. */
export interface Asker {
  readonly operator: boolean;
  /** SHA-256 of the session's cookie, which goes on after a change of password. */
  readonly sessionSha256?: string | undefined;
}

const changedMeanwhile = () =>
  new CodedError('sign_in_refused', 'The account was changed at the same moment. Sign in again.');

/** @throws node_unclaimed, sign_in_refused, sign_in_locked, queue_full, store_write_failed */
export async function signIn(desk: Desk, request: SignInRequest): Promise<SignedIn> {
  ownerOf(desk.store.read());
  return desk.gate.run(async () => {
    const owner = ownerOf(await desk.countTry('sign_in', 'sign_in_locked'));
    const isRight = await isPassword(request.password, owner.password); // also for a wrong name: same work, same time
    if (!isRight || !isSameName(request.name, owner.name)) throw refused(desk);
    const { cookie, session } = desk.newSession();
    await desk.store.update((slice) => {
      if (slice.owner?.password !== owner.password) throw changedMeanwhile();
      return addSession(slice, session, desk.now());
    });
    return { ownerName: owner.name, cookie };
  });
}

/**
 * Sets a new password with the recovery code; the code is spent, every session ends, a new one begins.
 * @throws node_unclaimed, recovery_code_wrong, sign_in_locked, queue_full, store_write_failed
 */
export async function recover(desk: Desk, request: RecoverRequest): Promise<SignedInWithCode> {
  ownerOf(desk.store.read());
  const given = parseRecoveryCode(request.recovery_code);
  if (given === undefined)
    throw new CodedError(
      'recovery_code_wrong',
      'A recovery code has 24 letters and digits in groups of four. It was not tried; look at it again.',
    );
  return desk.gate.run(async () => {
    const owner = ownerOf(await desk.countTry('recovery', 'sign_in_locked'));
    if (!isSameHash(hashSecret(given), owner.recovery_sha256)) {
      desk.log.warn('claim.recovery_code_wrong');
      throw new CodedError('recovery_code_wrong');
    }
    const password = await hashPassword(request.new_password, desk.passwordCost);
    const code = mintRecoveryCode();
    const { cookie, session } = desk.newSession();
    const change = { password, recovery_sha256: hashSecret(code) };
    await replace(desk, owner, change, () => false, session);
    desk.log.info('claim.recovered');
    return { ownerName: owner.name, cookie, recoveryCode: inGroups(code) };
  });
}

/** Changes the password; every other session ends. @throws sign_in_refused, sign_in_locked, store_write_failed */
export async function changePassword(
  desk: Desk,
  request: { readonly password: string; readonly new_password: string },
  asker: Asker,
): Promise<void> {
  await desk.gate.run(async () => {
    const owner = await proveOwner(desk, request.password, asker);
    const password = await hashPassword(request.new_password, desk.passwordCost);
    await replace(desk, owner, { password }, (session) => session.sha256 === asker.sessionSha256);
    desk.log.info('claim.password_changed');
  });
}

/** Lets only the owner’s password through, counted like a sign-in. @throws node_unclaimed, sign_in_refused, sign_in_locked */
export async function provePassword(desk: Desk, password: string, asker: Asker): Promise<void> {
  await desk.gate.run(async () => {
    await proveOwner(desk, password, asker);
    await desk.store.update((slice) => forgetSignInTries(slice, desk.now()));
  });
}

/** A fresh recovery code; the old one is dead. @throws sign_in_refused, sign_in_locked, store_write_failed */
export async function renewRecoveryCode(
  desk: Desk,
  password: string,
  asker: Asker,
): Promise<{ readonly ownerName: string; readonly recoveryCode: string }> {
  return desk.gate.run(async () => {
    const owner = await proveOwner(desk, password, asker);
    const code = mintRecoveryCode();
    await replace(desk, owner, { recovery_sha256: hashSecret(code) }, () => true);
    desk.log.info('claim.recovery_code_renewed');
    return { ownerName: owner.name, recoveryCode: inGroups(code) };
  });
}

/**
 * A fresh recovery code for whoever holds the machine itself; the old one is dead. No password is asked: the way back
 * for an owner who has lost both. @throws node_unclaimed, store_write_failed
 */
export async function mintRecoveryLink(desk: Desk): Promise<string> {
  const owner = ownerOf(desk.store.read());
  const code = mintRecoveryCode();
  await replace(desk, owner, { recovery_sha256: hashSecret(code) }, () => true);
  desk.log.warn('claim.recovery_link_made');
  return inGroups(code);
}

async function proveOwner(desk: Desk, password: string, asker: Asker): Promise<Owner> {
  const slice = asker.operator ? desk.store.read() : await desk.countTry('sign_in', 'sign_in_locked');
  const owner = ownerOf(slice);
  if (!(await isPassword(password, owner.password))) throw refused(desk);
  return owner;
}

async function replace(
  desk: Desk,
  proven: Owner,
  change: Partial<Pick<Owner, 'password' | 'recovery_sha256'>>,
  keep: (session: Session) => boolean,
  session?: Session,
): Promise<void> {
  await desk.store.update((slice) => {
    const changed = changeOwner(slice, proven, change, keep, desk.now());
    if (changed === undefined) throw changedMeanwhile();
    return session === undefined ? changed : addSession(changed, session, desk.now());
  });
}

function ownerOf(slice: ClaimSlice): Owner {
  if (slice.owner === null) throw new CodedError('node_unclaimed');
  return slice.owner;
}

function refused(desk: Desk): CodedError {
  desk.log.warn('claim.sign_in_refused');
  return new CodedError('sign_in_refused');
}
