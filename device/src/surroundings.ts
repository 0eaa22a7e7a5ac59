/**
 * The adapters the agent starts with on this machine: system units, radio, engine, ledger.
 * Part of the composition root; separate from `main.ts`, which puts the agent's own parts in order.
 */
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { Verifier } from '@b3iq/wire';
import type { Config } from './config.ts';
import { CardEngine } from './engine/gpu/engine.ts';
import { planPlaces, usableCards } from './engine/gpu/plan.ts';
import type { CardNeed, Place } from './engine/gpu/types.ts';
import { type CardSources, CardWatch } from './engine/gpu/watch.ts';
import { createLlamaServerUnit } from './engine/llama-server/engine.ts';
import { ModelKeeper } from './engine/on-demand/keeper.ts';
import type { Engine, ServedModel } from './engine/port.ts';
import { CodedError, errorChain } from './errors.ts';
import { drmCards } from './health/gpu/drm/sysfs.ts';
import { nvidiaSmi } from './health/gpu/nvidia/nvidia-smi.ts';
import { mergeGpus } from './health/gpu/plan.ts';
import { physicalCores } from './health/scan.ts';
import type { IdentityState } from './identity/types.ts';
import { needOf } from './models/fit/need.ts';
import { shapeOf } from './models/fit/shape.ts';
import { COMFORT_BYTES } from './models/fit.ts';
import { readModelHeader } from './models/gate/read.ts';
import { type InstalledModel, installedModel } from './models/installed.ts';
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

/** What the system and the agent want for themselves, beside models. */
const SYSTEM_BYTES = 2 * COMFORT_BYTES;

export interface OwnEngines {
  /** Nothing runs yet. */
  readonly engines: readonly Engine[];
  /** Looks after the cards they were given. */
  readonly cards: CardWatch;
}

/** The engines of the machine's own model, as many as it shall have copies, each with cards of its own where there are any.
 *  @throws config_invalid */
export async function makeEngines(config: Config, surroundings: Surroundings, log: Log): Promise<OwnEngines> {
  const installed = await modelOf(config);
  const need = await neededBytes(installed, config.engine_slots);
  const instances = ENGINE_INSTANCES.slice(0, config.engine_copies);
  const needs = instances.map((instance) => ({ engine: engineId(installed.model, instance), ...need }));
  const places = await readPlaces(config, surroundings.cards, needs, log);
  const keeper =
    config.model_keep_alive_s === 0
      ? undefined
      : new ModelKeeper({
          budgetBytes: config.model_memory_bytes || Math.max(0, totalmem() - SYSTEM_BYTES),
          keepAliveMs: config.model_keep_alive_s * 1_000,
          clock: systemClock,
          log,
        });
  const engines: Engine[] = [];
  const onCards: CardEngine[] = [];
  for (const instance of instances) {
    const place = places?.get(engineId(installed.model, instance));
    const bare = await makeEngine(config, surroundings, log, instance, place);
    const engine = place?.kind === 'cards' ? new CardEngine(bare, place.cards) : bare;
    if (engine instanceof CardEngine) onCards.push(engine);
    // A card's memory is nobody else's: there it takes none of the machine's.
    const bytes = engine instanceof CardEngine ? 0 : need.sharedBytes + need.perCardBytes;
    engines.push(keeper?.keep(engine, bytes) ?? engine);
  }
  return { engines, cards: new CardWatch(onCards, surroundings.cards, log) };
}

/** Engines use cards where they are units; one inside the agent's own program only when the owner says so. */
const usesCards = ({ engine, engine_gpus = engine === 'llama-server' ? 'auto' : 'none' }: Config): boolean =>
  engine_gpus === 'auto';

/** Where each engine goes; `undefined` when no card is known: then an engine that may use one looks for itself. */
async function readPlaces(
  config: Config,
  { kernel, tool }: CardSources,
  needs: readonly CardNeed[],
  log: Log,
): Promise<ReadonlyMap<string, Place> | undefined> {
  if (!usesCards(config)) return undefined;
  const cards = usableCards(mergeGpus(...(await Promise.all([kernel(), tool()]))) ?? []);
  if (cards.length === 0) return undefined;
  const places = planPlaces(needs, cards);
  for (const [engine, place] of places)
    log.info('engine.placed', {
      engine,
      cards: place.kind === 'cards' ? place.cards.map(({ id }) => id).join(' ') : '',
      reason: place.kind === 'processor' ? place.reason : undefined,
    });
  return places;
}

/** Memory of the model with its context for all slots; where its header leaves that open, its file and room to compute. */
async function neededBytes(
  { model, path }: InstalledModel,
  slots: number,
): Promise<Omit<CardNeed, 'engine'>> {
  const { contextTokens, sizeBytes } = model;
  const header = await readModelHeader(path).catch(() => undefined); // the engine itself tells what is wrong with it
  const need = header && needOf(shapeOf(header), { contextTokens, slots, kvType: 'F16' });
  return need === undefined
    ? { sharedBytes: sizeBytes, perCardBytes: COMFORT_BYTES }
    : { sharedBytes: need.weightBytes + need.contextBytes, perCardBytes: need.computeBytes };
}

const modelOf = ({ model_file, model_context_tokens }: Config): Promise<InstalledModel> =>
  installedModel(
    model_file === undefined ? undefined : { path: model_file, contextTokens: model_context_tokens },
  );

/** The first is the model's; a copy says which one it is. */
const engineId = ({ id }: ServedModel, instance: EngineInstance): string =>
  instance === 0 ? id : `${id}#${instance + 1}`;

/**
 * An engine for the model that is installed; nothing runs yet.
 * @param instance  0–7, which of the machine's engines it is
 * @param place  what was planned for it; `undefined`: it looks for itself
 * @throws config_invalid
 */
export async function makeEngine(
  config: Config,
  { units }: Surroundings,
  log: Log,
  instance: EngineInstance = 0,
  place?: Place,
): Promise<Engine> {
  const { model, path, sha256 } = await modelOf(config);
  const options = {
    id: engineId(model, instance),
    model,
    modelPath: path,
    ...(sha256 === undefined ? {} : { sha256 }),
    slots: config.engine_slots,
    threads: config.engine_threads || Math.max(1, (await physicalCores()) - 1),
    gpu: usesCards(config) && place?.kind !== 'processor' ? ('auto' as const) : (false as const),
    ...(place?.kind === 'cards' ? { cards: place.cards } : {}),
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
