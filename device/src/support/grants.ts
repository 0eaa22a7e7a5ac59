/**
 * Support grants: the owner lets somebody look at diagnostics for a while. Made, signed, recognised, ended.
 * Separate from local keys because a grant is a signed document: what it allows and until when is read from what this
 * machine signed, never from a field beside it. Everything happens here, so ending one needs no network.
 */
import { randomBytes } from 'node:crypto';
import {
  type ClaimEpoch,
  formatCounter,
  formatTime,
  type GrantId,
  judgeClaims,
  newClaimEpoch,
  newGrantId,
  parseClaimEpoch,
  parseSha256,
  readDocument,
  type Sha256Hex,
  type SupportGrant,
  signDocument,
  supportGrant,
  timeToMs,
  Verifier,
} from '@b3iq/wire';
import {
  GRANT_LIFE_S,
  type GrantSummary,
  type NewGrantAnswer,
  type NewGrantRequest,
} from '@b3iq/wire/local-api';
import { nodeSigner, nodeVerifyKey } from '@b3iq/wire/sign-node';
import { CodedError, errorChain } from '../errors.ts';
import type { Identity } from '../identity/port.ts';
import { hashSecret, secretWith } from '../keys/secret.ts';
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import type { Store } from '../store/port.ts';
import type { GrantFile, StoredGrant } from './grant-file.ts';
import type { Grants } from './port.ts';

const PREFIX = 'b3iq_support_';
/** Live ones at once: more than a machine has helpers. */
const MAX_LIVE = 20;
/** Ended ones that are remembered, so that the owner sees who came. */
const MAX_ENDED = 100;
/** The last use is written down at most this often: a page that looks each second wears no disk out. */
const USE_WRITTEN_EVERY_MS = 60_000;

export interface GrantDeps {
  readonly store: Store<GrantFile>;
  readonly identity: Pick<Identity, 'nodeId' | 'keyEpoch' | 'privateKey' | 'publicKey'>;
  /** An appliance's, from its label; undefined on a Host. */
  readonly claimEpoch: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

interface Entry {
  readonly stored: StoredGrant;
  readonly document: SupportGrant;
}

export class GrantBook implements Grants {
  readonly #deps: GrantDeps;
  readonly #verifier: Verifier;
  #entries: readonly Entry[] = [];
  #byHash = new Map<string, Entry>();
  /** When each was last used, unix ms, also between two writes. */
  readonly #usedAtMs = new Map<string, number>();
  /** The latest time the file knows: a clock set back revives nothing. */
  #floorMs = 0;
  /** The last use on its way to the disk. */
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: GrantDeps) {
    this.#deps = deps;
    const key = nodeVerifyKey(deps.identity.publicKey);
    this.#verifier = new Verifier(
      key === undefined ? [] : [{ key, payloadTypes: [supportGrant.payloadType] }],
    );
    this.#reload();
  }

  authenticate(token: string): void {
    const entry = this.#byHash.get(hashSecret(token));
    if (entry === undefined)
      throw new CodedError(
        'unauthorized',
        token.startsWith(PREFIX)
          ? 'This machine does not know that support grant. Ask its owner for a new one.'
          : 'That is not a support grant. They begin with `b3iq_support_`.',
      );
    const state = this.#stateOf(entry);
    if (state === 'revoked')
      throw new CodedError('unauthorized', 'The owner of this machine has ended this support grant.');
    if (state === 'expired') throw new CodedError('grant_expired');
    this.#noteUse(entry.stored.id);
  }

  list(): readonly GrantSummary[] {
    return this.#entries.map((entry) => this.#describe(entry)).reverse();
  }

  async create({ name, expires_in_s = GRANT_LIFE_S.usual }: NewGrantRequest): Promise<NewGrantAnswer> {
    const { store, identity, clock, log } = this.#deps;
    if (this.#entries.filter((entry) => this.#stateOf(entry) === 'live').length >= MAX_LIVE)
      throw new CodedError(
        'invalid_request',
        `There are already ${MAX_LIVE} support grants. End one that is no longer needed first.`,
      );
    const now = Math.max(clock.now(), this.#floorMs);
    const token = secretWith(PREFIX);
    const id = newGrantId(now, randomBytes(10));
    let envelope: StoredGrant['document'] | undefined;
    await store.update((file) => {
      const claimEpoch = this.#claimEpoch(file) ?? newClaimEpoch(randomBytes(16));
      const document = this.#document(id, claimEpoch, file.next_seq, now, expires_in_s, token);
      const signed = signDocument(supportGrant, document, nodeSigner(identity.privateKey));
      envelope = { ...signed, signatures: [...signed.signatures] };
      const grant: StoredGrant = {
        id,
        name,
        hint: `${token.slice(0, PREFIX.length + 4)}…`,
        document: envelope,
        revoked_at: null,
        last_used_at: null,
      };
      return {
        claim_epoch: this.#deps.claimEpoch === undefined ? claimEpoch : file.claim_epoch,
        next_seq: file.next_seq + 1,
        grants: this.#kept([...file.grants, grant]),
      };
    });
    this.#reload();
    const entry = this.#entries.find(({ stored }) => stored.id === id);
    if (entry === undefined || envelope === undefined) throw new CodedError('internal');
    log.info('support.grant_made', { expires_in_s });
    return { grant: this.#describe(entry), token, document: envelope };
  }

  async revoke(id: string): Promise<GrantSummary> {
    if (!this.#entries.some(({ stored }) => stored.id === id)) throw new CodedError('grant_not_found');
    const at = new Date(this.#deps.clock.now()).toISOString();
    await this.#deps.store.update((file) => ({
      ...file,
      grants: file.grants.map((grant) =>
        grant.id === id && grant.revoked_at === null ? { ...grant, revoked_at: at } : grant,
      ),
    }));
    this.#reload();
    this.#deps.log.info('support.grant_revoked');
    const entry = this.#entries.find(({ stored }) => stored.id === id);
    if (entry === undefined) throw new CodedError('grant_not_found');
    return this.#describe(entry);
  }

  /** Resolves when the last use is written down. */
  async close(): Promise<void> {
    await this.#writing;
  }

  #document(
    id: GrantId,
    claimEpoch: ClaimEpoch,
    seq: number,
    nowMs: number,
    lifeS: number,
    token: string,
  ): SupportGrant {
    const { nodeId, keyEpoch } = this.#deps.identity;
    return {
      iss: nodeId,
      aud: { node_id: nodeId, claim_epoch: claimEpoch },
      jti: id,
      seq: formatCounter(seq),
      iat: formatTime(nowMs),
      exp: formatTime(nowMs + lifeS * 1000),
      key_epoch: keyEpoch,
      scope: 'diagnostics',
      token_sha256: parseSha256(hashSecret(token)) as Sha256Hex, // a hash always fits the pattern
    };
  }

  #claimEpoch(file: GrantFile): ClaimEpoch | undefined {
    return parseClaimEpoch(this.#deps.claimEpoch ?? file.claim_epoch ?? '');
  }

  /** A grant whose document this machine did not sign, in this life of it, is none. */
  #reload(): void {
    const file = this.#deps.store.read();
    const claimEpoch = this.#claimEpoch(file);
    this.#entries = file.grants.flatMap((stored) => {
      const read = readDocument(supportGrant, this.#verifier, stored.document);
      const isOurs =
        read.ok && read.document.jti === stored.id && read.document.aud.claim_epoch === claimEpoch;
      return isOurs ? [{ stored, document: read.document }] : [];
    });
    this.#byHash = new Map(this.#entries.map((entry) => [entry.document.token_sha256, entry]));
    for (const { stored, document } of this.#entries)
      this.#floorMs = Math.max(
        this.#floorMs,
        timeToMs(document.iat),
        Date.parse(stored.revoked_at ?? '') || 0,
        Date.parse(stored.last_used_at ?? '') || 0,
      );
  }

  #stateOf({ stored, document }: Entry): GrantSummary['state'] {
    if (stored.revoked_at !== null) return 'revoked';
    const { identity, clock } = this.#deps;
    const fault = judgeClaims(document, {
      nodeId: identity.nodeId,
      claimEpoch: document.aud.claim_epoch, // held against this machine's when it was read
      nowMs: clock.now(),
      floorMs: this.#floorMs,
      keyEpoch: identity.keyEpoch,
    });
    return fault === undefined ? 'live' : 'expired';
  }

  #noteUse(id: string): void {
    const { clock, store, log } = this.#deps;
    const now = clock.now();
    this.#floorMs = Math.max(this.#floorMs, now);
    const before = this.#usedAtMs.get(id);
    if (before !== undefined && now - before < USE_WRITTEN_EVERY_MS && now >= before) return;
    this.#usedAtMs.set(id, now);
    log.info('support.grant_used');
    const at = new Date(now).toISOString();
    this.#writing = store
      .update((file) => ({
        ...file,
        grants: file.grants.map((grant) => (grant.id === id ? { ...grant, last_used_at: at } : grant)),
      }))
      .then(
        () => this.#reload(),
        // A full disk is when support is needed; the use is in the log and in memory.
        (error: unknown) => log.warn('support.use_not_written', { reason: errorChain(error) }),
      );
  }

  #kept(grants: readonly StoredGrant[]): StoredGrant[] {
    const known = new Map(this.#entries.map((entry) => [entry.stored.id, this.#stateOf(entry)]));
    const ended = grants.filter(({ id }) => (known.get(id) ?? 'live') !== 'live');
    const gone = new Set(ended.slice(0, Math.max(0, ended.length - MAX_ENDED)).map(({ id }) => id));
    return grants.filter(({ id }) => !gone.has(id));
  }

  #describe(entry: Entry): GrantSummary {
    const { stored, document } = entry;
    const usedAtMs = this.#usedAtMs.get(stored.id);
    return {
      id: stored.id,
      name: stored.name,
      hint: stored.hint,
      state: this.#stateOf(entry),
      created_at: document.iat,
      expires_at: document.exp,
      revoked_at: stored.revoked_at,
      last_used_at: usedAtMs === undefined ? stored.last_used_at : new Date(usedAtMs).toISOString(),
    };
  }
}

/** The book of a machine without its key: it can sign nothing, and opens to nobody. */
export function refusingGrants(): Grants {
  const refuse = (): never => {
    throw new CodedError('identity_unavailable');
  };
  return {
    authenticate: refuse,
    list: () => [],
    create: async () => refuse(),
    revoke: async () => refuse(),
    close: async () => {},
  };
}
