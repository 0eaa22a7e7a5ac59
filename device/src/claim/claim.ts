/** The claim itself: mints setup tokens, compares secrets, and hands the machine to its first owner. */
import type { ClaimRequest } from '@b3iq/wire/local-api';
import { CodedError } from '../errors.ts';
import type { Desk, SignedInWithCode } from './desk.ts';
import { secretRestMs, TOKEN_LIFE_MS } from './judge.ts';
import { inGroups, parseLabel, parseToken } from './parse.ts';
import {
  hashLabel,
  hashPassword,
  hashSecret,
  isSameHash,
  isSecret,
  mintRecoveryCode,
  mintSecret,
} from './secrets.ts';
import { isSameSecret, putToken, takeOwnership } from './state.ts';
import type { ClaimSecret, ClaimSlice } from './types.ts';

const alreadyClaimed = () => new CodedError('already_claimed');

/** A fresh setup token; any before it is dead. @throws already_claimed, store_write_failed */
export async function mintToken(
  desk: Desk,
): Promise<{ readonly token: string; readonly expiresInS: number }> {
  const token = mintSecret();
  await desk.store.update((slice) => {
    const next = putToken(slice, hashSecret(token), desk.now());
    if (next === undefined) throw alreadyClaimed();
    return next;
  });
  desk.log.info('claim.token_minted');
  return { token, expiresInS: TOKEN_LIFE_MS / 1000 };
}

/** Sets the label's secret of an appliance; `label` is 8 Crockford characters. @throws already_claimed */
export async function setLabel(desk: Desk, label: string): Promise<void> {
  const plain = parseLabel(label);
  if (plain === undefined)
    throw new CodedError('invalid_request', 'A label has 8 letters and digits, without I, L, O and U.');
  const secret = await desk.gate.run(() => hashLabel(plain));
  await desk.store.update((slice) => {
    if (slice.owner !== null) throw alreadyClaimed();
    return { ...slice, secret };
  });
}

/**
 * Arms an unclaimed appliance with the hash its label was sealed with, at every start: a machine that has lost its
 * owner data, by a factory reset or a new disk, is claimed with its label again. With an owner nothing happens: the
 * secret stays dead. @throws store_write_failed
 */
export async function armWith(desk: Desk, secret: ClaimSecret): Promise<void> {
  await desk.store.update((slice) =>
    slice.owner !== null || (slice.secret !== null && isSameSecret(slice.secret, secret))
      ? slice
      : { ...slice, secret },
  );
}

/**
 * Makes the bearer of the secret the owner. The try is on disk before the secret is compared; the secret is consumed
 * and the owner made by one write; of two at once one wins.
 * A text that cannot be a secret at all costs no try: it could not have been right.
 * @throws invalid_request, already_claimed, claim_secret_wrong, claim_secret_expired, claim_locked, queue_full,
 *   store_write_failed (the secret stays usable)
 */
export async function claim(
  desk: Desk,
  request: ClaimRequest,
  by: { readonly operator: boolean },
): Promise<SignedInWithCode> {
  const before = openSecret(desk, desk.store.read());
  const given = parseSecret(request.secret, before);
  return desk.gate.run(async () => {
    // Tries are counted against strangers. Whoever holds the unix socket can mint a token, so needs no guessing, and
    // must not be locked out by a program that guesses.
    const counted = by.operator ? desk.store.read() : await desk.countTry('claim', 'claim_locked');
    const proven = openSecret(desk, counted);
    await compare(desk, given, proven, counted);
    const password = await hashPassword(request.owner.password, desk.passwordCost);
    const code = mintRecoveryCode();
    const { cookie, session } = desk.newSession();
    await desk.store.update((slice) => {
      const now = desk.now();
      const { name } = request.owner;
      const owner = { name, password, recovery_sha256: hashSecret(code), created_at_ms: now.wallMs };
      const taken = takeOwnership(slice, proven, owner, session, now);
      if (taken.kind === 'already-claimed') throw alreadyClaimed();
      if (taken.kind === 'secret-gone') throw expired(desk);
      return taken.slice;
    });
    desk.log.info('claim.claimed');
    return { ownerName: request.owner.name, cookie, recoveryCode: inGroups(code) };
  });
}

/** The secret that can be claimed with. @throws already_claimed, claim_secret_expired when there is none */
function openSecret(desk: Desk, slice: ClaimSlice): ClaimSecret {
  if (slice.owner !== null) throw alreadyClaimed();
  if (slice.secret === null) throw expired(desk);
  return slice.secret;
}

const expired = ({ kind }: Desk) => new CodedError('claim_secret_expired', undefined, { on: kind });

/** The plain form of what was typed. @throws invalid_request */
function parseSecret(text: string, secret: ClaimSecret): string {
  const plain = secret.kind === 'label' ? parseLabel(text) : parseToken(text);
  if (plain !== undefined) return plain;
  const detail =
    secret.kind === 'label'
      ? 'The code on the label has 8 letters and digits. It was not tried; look at the label again.'
      : 'That is not a whole setup link. It was not tried; open the printed link, or copy all of it.';
  throw new CodedError('invalid_request', detail, { param: 'secret' });
}

async function compare(desk: Desk, given: string, secret: ClaimSecret, slice: ClaimSlice): Promise<void> {
  if (await isSecret(given, secret)) {
    if (secretRestMs(secret, desk.now()) > 0) return;
    throw expired(desk);
  }
  const hashed = hashSecret(given);
  if (slice.retired_sha256.some((old) => isSameHash(old, hashed)))
    throw new CodedError(
      'claim_secret_expired',
      'A newer setup link was made, so this one is no longer valid. Open the newest one.',
    );
  const { triesLeft } = desk.standing('claim');
  desk.log.warn('claim.secret_wrong', { tries_left: triesLeft });
  const left = triesLeft === 1 ? 'One try is left' : `${triesLeft} tries are left`;
  throw new CodedError(
    'claim_secret_wrong',
    `That setup code is not right. ${triesLeft === 0 ? 'No try is left for now' : `${left} for now`}; nothing was changed.`,
  );
}
