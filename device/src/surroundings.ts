/**
 * The adapters the agent starts with on this machine: system units, radio, engine, ledger.
 * Part of the composition root; separate from `main.ts`, which puts the agent's own parts in order.
 */
import { join } from 'node:path';
import { Verifier } from '@b3iq/wire';
import type { Config } from './config.ts';
import { createLlamaServerUnit } from './engine/llama-server/engine.ts';
import type { Engine } from './engine/port.ts';
import { CodedError, errorChain } from './errors.ts';
import { physicalCores } from './health/scan.ts';
import type { IdentityState } from './identity/types.ts';
import { installedModel } from './models/installed.ts';
import { fakeRadio } from './network/fake.ts';
import { networkManagerRadio } from './network/nm/radio.ts';
import type { Radio } from './network/port.ts';
import { systemClock } from './os/clock.ts';
import { makePrivateFolder } from './os/files.ts';
import type { Log } from './os/log.ts';
import { ENGINE_INSTANCES, type EngineInstance, type SystemUnits, systemdUnits } from './os/units.ts';
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
}

/** The real ones, as the configuration says. @throws config_invalid */
export async function systemSurroundings(config: Config, log: Log): Promise<Surroundings> {
  return { units: systemdUnits(), radio: await makeRadio(config, log) };
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

/** The engines of the machine's own model, as many as it shall have copies; nothing runs yet. @throws config_invalid */
export async function makeEngines(
  config: Config,
  surroundings: Surroundings,
  log: Log,
): Promise<readonly Engine[]> {
  const engines: Engine[] = [];
  for (const instance of ENGINE_INSTANCES.slice(0, config.engine_copies))
    engines.push(await makeEngine(config, surroundings, log, instance));
  return engines;
}

/**
 * An engine for the model that is installed; nothing runs yet.
 * @param instance  0–7, which of the machine's engines it is      @throws config_invalid
 */
export async function makeEngine(
  config: Config,
  { units }: Surroundings,
  log: Log,
  instance: EngineInstance = 0,
): Promise<Engine> {
  const { model, path, sha256 } = await installedModel(
    config.model_file === undefined
      ? undefined
      : { path: config.model_file, contextTokens: config.model_context_tokens },
  );
  const options = {
    // The first is the model's; a copy says which one it is.
    id: instance === 0 ? model.id : `${model.id}#${instance + 1}`,
    model,
    modelPath: path,
    ...(sha256 === undefined ? {} : { sha256 }),
    slots: config.engine_slots,
    threads: config.engine_threads || Math.max(1, (await physicalCores()) - 1),
    log,
    clock: systemClock,
  };
  if (config.engine === 'llama-server') return createLlamaServerUnit({ ...options, units, instance });
  const socketPath = join(config.stateDir, 'run', `engine${instance || ''}.sock`);
  // Loaded only here: an appliance's bundle does not hold it.
  const { createEmbeddedEngine } = await import('./engine/embedded/engine.ts').catch((cause: unknown) => {
    throw new CodedError('config_invalid', 'engine is "embedded". This build has only "llama-server".', {
      cause,
    });
  });
  return createEmbeddedEngine({ ...options, socketPath, nodePath: process.execPath });
}
