/**
 * The certificate that the https door shows: the machine's own, or one its owner installed; changed without a restart.
 * Separate from checking and issuing, which touch no disk.
 */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CertificateAnswer, CertificateRequest } from '@b3iq/wire/local-api';
import type { Certificates } from '../appliance/machine/port.ts';
import { CodedError } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import { syncFolder, writeDurably } from '../os/files.ts';
import type { Log } from '../os/log.ts';
import { factsOf, type KeyAndChain, readKeyAndChain } from './check.ts';
import { issueOwnCertificate } from './issue.ts';
import { needsRenewal } from './plan.ts';

/** Looked at this often, so that a clock that was set, or a date that came, is noticed. */
const LOOK_EVERY_MS = 60 * 60_000;

export interface CertificateDeps {
  readonly stateDir: string;
  /** DNS names of this machine, the first is what it is called. */
  readonly names: readonly [string, ...string[]];
  readonly clock: Clock;
  readonly log: Log;
}

export class CertificateService implements Certificates {
  readonly #deps: CertificateDeps;
  readonly #listeners = new Set<(pair: KeyAndChain) => void>();
  readonly #timer: NodeJS.Timeout;
  #own: KeyAndChain;
  #installed: KeyAndChain | undefined;

  private constructor(deps: CertificateDeps, own: KeyAndChain, installed: KeyAndChain | undefined) {
    this.#deps = deps;
    this.#own = own;
    this.#installed = installed;
    this.#timer = setInterval(() => {
      this.#renew().catch(() => deps.log.warn('tls.not_renewed'));
    }, LOOK_EVERY_MS).unref();
  }

  /** Finds both on disk; makes the machine's own when there is none that can be used. @throws store_write_failed */
  static async open(deps: CertificateDeps): Promise<CertificateService> {
    const found = await readPair(ownPath(deps));
    const own = found ?? (await issue(deps, undefined));
    const service = new CertificateService(deps, own, await readPair(installedPath(deps)));
    await service.#renew();
    return service;
  }

  /** What a TLS server shows now. */
  current(): KeyAndChain {
    return this.#installed ?? this.#own;
  }
  /** SHA-256 of what is shown, `AB:CD:…`, as browsers show it. */
  fingerprint(): string {
    return this.current().leaf.fingerprint256;
  }
  /** Tells each change; returns the way to stop. */
  onChange(listener: (pair: KeyAndChain) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  answer(): CertificateAnswer {
    const { leaf } = this.current();
    const { notAfterMs, names } = factsOf(leaf);
    return {
      kind: this.#installed === undefined ? 'own' : 'installed',
      fingerprint_sha256: leaf.fingerprint256,
      not_after: new Date(notAfterMs).toISOString(),
      names,
    };
  }

  async install({ certificate_pem, private_key_pem }: CertificateRequest): Promise<void> {
    const pair = readKeyAndChain(certificate_pem, private_key_pem, this.#deps.clock.now());
    await writePair(installedPath(this.#deps), pair);
    this.#installed = pair;
    this.#deps.log.info('tls.installed');
    this.#tell();
  }

  async remove(): Promise<void> {
    if (this.#installed === undefined) return;
    const path = installedPath(this.#deps);
    try {
      await rm(path, { force: true });
      await syncFolder(dirname(path));
    } catch (cause) {
      throw new CodedError('store_write_failed', undefined, { cause });
    }
    this.#installed = undefined;
    this.#deps.log.info('tls.removed');
    this.#tell();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #renew(): Promise<void> {
    const { names, clock } = this.#deps;
    if (!needsRenewal(factsOf(this.#own.leaf), names, clock.now())) return;
    this.#own = await issue(this.#deps, this.#own.keyPem);
    if (this.#installed === undefined) this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener(this.current());
  }
}

const ownPath = ({ stateDir }: CertificateDeps): string => join(stateDir, 'tls-own.pem');
const installedPath = ({ stateDir }: CertificateDeps): string => join(stateDir, 'tls-installed.pem');

/** @param keyPem  the key to keep; a new one when left out */
async function issue(deps: CertificateDeps, keyPem: string | undefined): Promise<KeyAndChain> {
  const key =
    keyPem === undefined
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
      : createPrivateKey(keyPem);
  const chainPem = issueOwnCertificate(key, deps.names, deps.clock.now());
  const pair = readKeyAndChain(chainPem, key.export({ type: 'pkcs8', format: 'pem' }).toString(), undefined);
  await writePair(ownPath(deps), pair);
  deps.log.info('tls.issued');
  return pair;
}

/** Key and chain in one file: power that fails between two would leave a pair that does not match. */
async function writePair(path: string, { keyPem, chainPem }: KeyAndChain): Promise<void> {
  try {
    await writeDurably(path, `${keyPem}${chainPem}`);
  } catch (cause) {
    throw new CodedError('store_write_failed', undefined, { cause });
  }
}

/** `undefined` when there is none, or none that can be used: the machine's own is then made or shown instead. */
async function readPair(path: string): Promise<KeyAndChain | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    return readKeyAndChain(text, text, undefined);
  } catch {
    return undefined;
  }
}
