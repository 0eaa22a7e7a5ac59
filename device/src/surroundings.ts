/**
 * The adapters the agent starts with on this machine: system units, radio, engine, ledger.
 * Part of the composition root; separate from `main.ts`, which puts the agent's own parts in order.
 */
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { Verifier } from '@b3iq/wire';
import type { Config } from './config.ts';
import { createLlamaServerUnit } from './engine/llama-server/engine.ts';
import { UnitStock } from './engine/llama-server/stock.ts';
import { ModelKeeper } from './engine/on-demand/keeper.ts';
import type { Engine, ServedModel } from './engine/port.ts';
import { CodedError, errorChain } from './errors.ts';
import { systemGpus } from './health/machine/machine.ts';
import { physicalCores } from './health/scan.ts';
import type { IdentityState } from './identity/types.ts';
import { needOf } from './models/fit/need.ts';
import { shapeOf } from './models/fit/shape.ts';
import { COMFORT_BYTES } from './models/fit.ts';
import { readModelHeader } from './models/gate/read.ts';
import { installedModel } from './models/installed.ts';
import { type ModelMemory, memoryFor } from './models/memory.ts';
import { fakeRadio } from './network/fake.ts';
import { networkManagerRadio } from './network/nm/radio.ts';
import type { Radio } from './network/port.ts';
import { systemClock } from './os/clock.ts';
import { makePrivateFolder } from './os/files.ts';
import type { Log } from './os/log.ts';
import { ownFile } from './os/own-files.ts';
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

/** The last of the engine units: never an engine that serves. */
export const SPARE_INSTANCE = 7;

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

/** What the machine serves models with. */
export interface OwnEngines {
  /** Of the machine's own model, as many as it shall have copies. */
  readonly engines: readonly Engine[];
  /** Loads every model that is not always there. */
  readonly keeper: ModelKeeper;
  /** What it loads them into: less what the machine's own model holds for good. */
  readonly memory: ModelMemory;
  /** Units that are given out to models; `undefined` where an engine is a child of the agent. */
  readonly stock: UnitStock | undefined;
}

/** Nothing runs yet. @throws config_invalid */
export async function makeEngines(config: Config, surroundings: Surroundings, log: Log): Promise<OwnEngines> {
  const engines: Engine[] = [];
  for (const instance of ENGINE_INSTANCES.slice(0, config.engine_copies))
    engines.push(await makeEngine(config, surroundings, log, instance));
  const bytes = await neededBytes(
    config.model_file ?? ownFile('selfTestModel'),
    config.engine_slots,
    engines[0]?.model,
  );
  const isKept = config.model_keep_alive_s > 0;
  const memory = await servingMemory(config, isKept ? 0 : engines.length * bytes);
  const stock =
    config.engine === 'llama-server'
      ? new UnitStock({
          units: surroundings.units,
          // The last one is the health gate's.
          instances: ENGINE_INSTANCES.slice(config.engine_copies, SPARE_INSTANCE),
          log,
        })
      : undefined;
  const keeper = new ModelKeeper({
    budgetBytes: memory.bytes,
    ...(stock === undefined ? {} : { engines: stock.size }),
    keepAliveMs: isKept ? config.model_keep_alive_s * 1_000 : Number.POSITIVE_INFINITY,
    clock: systemClock,
    log,
  });
  return {
    engines: isKept ? engines.map((engine) => keeper.keep(engine, bytes)) : engines,
    keeper,
    memory,
    stock,
  };
}

/** Memory for models where the engines of this machine lay them, less what is `taken` of it for good. */
async function servingMemory({ engine, model_memory_bytes }: Config, taken: number): Promise<ModelMemory> {
  // The embedded engine computes on the processor, whatever cards there are.
  const cards = (engine === 'llama-server' && (await systemGpus()())) || [];
  const found = memoryFor({
    gpus: cards.map(({ memoryTotalBytes }) => ({ memory_total_bytes: memoryTotalBytes ?? null })),
    memory: { total_bytes: totalmem() },
  });
  return { ...found, bytes: Math.max(0, (model_memory_bytes || found.bytes) - taken) };
}

/** Memory of the model with its context for all slots; where its header leaves that open, its file and room to compute. */
async function neededBytes(path: string, slots: number, model: ServedModel | undefined): Promise<number> {
  const { contextTokens = 1, sizeBytes = 0 } = model ?? {};
  const header = await readModelHeader(path).catch(() => undefined); // the engine itself tells what is wrong with it
  const need = header && needOf(shapeOf(header), { contextTokens, slots, kvType: 'F16' });
  return need?.totalBytes ?? sizeBytes + COMFORT_BYTES;
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
    threads: await threadsOf(config),
    log,
    clock: systemClock,
  };
  if (config.engine === 'llama-server') return createLlamaServerUnit({ ...options, units, instance });
  const socketPath = join(config.stateDir, 'run', `engine${instance || ''}.sock`);
  const { createEmbeddedEngine } = await embedded();
  return createEmbeddedEngine({ ...options, socketPath, nodePath: process.execPath });
}

/** Processor threads of each engine. */
export const threadsOf = async ({ engine_threads }: Config): Promise<number> =>
  engine_threads || Math.max(1, (await physicalCores()) - 1);

/** Loaded only when it is wanted: an appliance's bundle does not hold it. @throws config_invalid */
export const embedded = () =>
  import('./engine/embedded/engine.ts').catch((cause: unknown) => {
    throw new CodedError('config_invalid', 'engine is "embedded". This build has only "llama-server".', {
      cause,
    });
  });
