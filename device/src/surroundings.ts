/**
 * The adapters the agent starts with on this machine: system units, radio, updates, ledger.
 * Part of the composition root; separate from `main.ts`, which puts the agent's own parts in order, and from
 * `own-engines.ts`, which makes engines.
 */
import { join } from 'node:path';
import { Verifier } from '@b3iq/wire';
import type { Config } from './config.ts';
import type { CardSources } from './engine/gpu/watch.ts';
import { errorChain } from './errors.ts';
import { drmCards } from './health/gpu/drm/sysfs.ts';
import { nvidiaSmi } from './health/gpu/nvidia/nvidia-smi.ts';
import type { IdentityState } from './identity/types.ts';
import { fakeRadio } from './network/fake.ts';
import { networkManagerRadio } from './network/nm/radio.ts';
import type { Radio } from './network/port.ts';
import { systemClock } from './os/clock.ts';
import { makePrivateFolder } from './os/files.ts';
import type { Log } from './os/log.ts';
import { type SystemUnits, systemdUnits } from './os/units.ts';
import type { Ledger } from './receipts/port.ts';
import { refusingLedger } from './receipts/refusing.ts';
import { openSqliteLedger } from './receipts/sqlite-ledger.ts';
import type { Store } from './store/port.ts';
import { installedWorld } from './update/disk/installed-world.ts';
import { readVerifier } from './update/disk/keys.ts';
import { IMAGE_PLACES } from './update/disk/places.ts';
import { UpdateService } from './update/service.ts';
import type { UpdateSettings } from './update/types.ts';

/** What the system around the agent does for it; tests hand in fakes. */
export interface Surroundings {
  readonly units: SystemUnits;
  /** `undefined` where the agent does not look after the network: on a Host. */
  readonly radio: Radio | undefined;
  /** The machine's graphics cards. */
  readonly cards: CardSources;
}

/** The real ones, as the configuration says. @throws config_invalid */
export async function systemSurroundings(config: Config, log: Log): Promise<Surroundings> {
  return {
    units: systemdUnits(),
    radio: await makeRadio(config, log),
    cards: { kernel: drmCards(), tool: nvidiaSmi() },
  };
}

async function makeRadio(config: Config, log: Log): Promise<Radio | undefined> {
  if (config.simulated_radio) return fakeRadio({ phaseMs: 700 });
  if (config.kind === 'host') return undefined;
  const secretsDir = join(config.runtime_dir ?? config.stateDir, 'secrets');
  await makePrivateFolder(secretsDir);
  return networkManagerRadio({ secretsDir, diskDir: config.stateDir, log });
}

/**
 * Updates of the whole system: what the two programs of an update leave, and units to start them.
 * @param idleForMs  for how long no request was being served; 0 while one is
 */
export async function makeUpdates(
  units: SystemUnits,
  store: Store<UpdateSettings>,
  idleForMs: () => number,
  log: Log,
): Promise<UpdateService> {
  const verifier = await readVerifier(IMAGE_PLACES.keys).catch((error: unknown) => {
    // No updates, but an agent: its owner must not lose the machine over a list.
    log.error('update.keys_unusable', { reason: errorChain(error) });
    return new Verifier([]);
  });
  return new UpdateService({
    world: installedWorld({ units, verifier }),
    store,
    clock: systemClock,
    log,
    idleForMs,
    random: Math.random,
    hour: (nowMs) => new Date(nowMs).getHours(),
  });
}

/**
 * A machine without its key signs nothing: every use of the ledger says why.
 * @param isOnTrial  this version of the system has not proven itself; call `prove` when it has
 */
export async function openLedger(
  config: Config,
  identity: IdentityState,
  isOnTrial: boolean,
  log: Log,
): Promise<Ledger> {
  if (identity.kind === 'ready')
    return openSqliteLedger({
      path: join(config.stateDir, 'ledger.sqlite'),
      identity: identity.identity,
      isOnTrial,
      clock: systemClock,
      log,
    });
  return refusingLedger('identity_unavailable');
}
