/**
 * Seals a machine that no factory has sealed: identity, claim secret and hotspot password, once in its life.
 * Power may fail anywhere. Until `identity.cred` is there nothing counts and all is made anew; from then on nothing is
 * ever made again.
 */
import { randomBytes } from 'node:crypto';
import { chmod, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { formatLabelFile } from '../../claim/label.ts';
import { syncFolder, writeDurably } from '../../os/files.ts';
import type { Log } from '../../os/log.ts';
import { judgeSeal } from './judge.ts';
import { planMachine, RANDOM_BYTES, type Randomness } from './plan.ts';
import type { Sealer } from './port.ts';
import { type Outcome, type Presence, SEALED_FILES, type SealedFile } from './types.ts';

export interface SealDeps {
  /** The factory partition, `/factory`. */
  readonly folder: string;
  readonly sealer: Sealer;
  readonly log: Log;
  /** Told before each file is written, for tests that cut the power there. */
  readonly onWrite?: (file: SealedFile) => void;
}

/** Seals, or says why not. @throws appliance_step_failed when the TPM refuses, or what node:fs throws for a disk that fails */
export async function sealMachine(deps: SealDeps): Promise<Outcome> {
  const { folder, sealer, log } = deps;
  const verdict = judgeSeal(await presenceIn(folder));
  if (verdict.kind === 'sealed') return { kind: 'sealed-before' };
  if (verdict.kind === 'damaged') return verdict;
  const reason = await sealer.readiness();
  if (reason !== 'ready') return { kind: 'impossible', reason };

  await chmod(folder, 0o700); // a fresh file system's root is open to all
  await removeLeftovers(folder);
  const { keyFile, secrets, facts } = planMachine(drawRandomness());
  const identity = await sealer.seal('identity', keyFile);
  // What cannot be opened here and now can never be: better no machine than one without its key.
  if ((await sealer.open('identity', identity)) !== keyFile) return { kind: 'not-reversible' };
  const contents: Readonly<Record<SealedFile, string>> = {
    'hotspot.cred': await sealer.seal('hotspot', secrets.hotspot_password),
    'label.cred': await sealer.seal('label', JSON.stringify(secrets)),
    'label.json': await formatLabelFile(facts, secrets.claim_secret),
    'identity.cred': identity,
  };
  for (const file of SEALED_FILES) {
    deps.onWrite?.(file);
    await writeDurably(join(folder, file), contents[file]);
  }
  log.info('seal.done', { node_id: facts.node_id, sealed_by: facts.sealed_by });
  return { kind: 'sealed', shortName: facts.short_name, nodeId: facts.node_id };
}

async function presenceIn(folder: string): Promise<Presence> {
  const names = new Set(await readdir(folder));
  const has = (file: SealedFile) => names.has(file);
  return {
    'hotspot.cred': has('hotspot.cred'),
    'label.cred': has('label.cred'),
    'label.json': has('label.json'),
    'identity.cred': has('identity.cred'),
  };
}

/** Files of an interrupted try, whole or not; nobody has ever seen what is in them. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (SEALED_FILES.some((file) => name === file || (name.startsWith(`${file}.`) && name.endsWith('.tmp'))))
      await unlink(join(folder, name));
  await syncFolder(folder);
}

function drawRandomness(): Randomness {
  return {
    seed: randomBytes(RANDOM_BYTES.seed),
    claimSecret: randomBytes(RANDOM_BYTES.claimSecret),
    hotspotPassword: randomBytes(RANDOM_BYTES.hotspotPassword),
    claimEpoch: randomBytes(RANDOM_BYTES.claimEpoch),
  };
}
