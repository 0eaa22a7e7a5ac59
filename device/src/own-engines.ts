/**
 * What this machine serves models with: the engines of its own model, and memory, cards and units for those that are installed.
 * Part of the composition root; separate from `surroundings.ts`, which adapts the rest of the machine.
 */
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { CardEngine } from './engine/gpu/engine.ts';
import { planPlaces, sharedCards, usableCards } from './engine/gpu/plan.ts';
import type { CardNeed, Place, SizedCard } from './engine/gpu/types.ts';
import { type CardSources, CardWatch } from './engine/gpu/watch.ts';
import { createLlamaServerUnit } from './engine/llama-server/engine.ts';
import { UnitStock } from './engine/llama-server/stock.ts';
import { ModelKeeper } from './engine/on-demand/keeper.ts';
import type { Engine, ServedModel } from './engine/port.ts';
import type { SupervisedEngineOptions } from './engine/supervised/engine.ts';
import { CodedError } from './errors.ts';
import { mergeGpus } from './health/gpu/plan.ts';
import { physicalCores } from './health/scan.ts';
import { needOf } from './models/fit/need.ts';
import { shapeOf } from './models/fit/shape.ts';
import { COMFORT_BYTES } from './models/fit.ts';
import { readModelHeader } from './models/gate/read.ts';
import { type InstalledModel, installedModel } from './models/installed.ts';
import { type ModelMemory, memoryFor } from './models/memory.ts';
import { systemClock } from './os/clock.ts';
import type { Log } from './os/log.ts';
import { ENGINE_INSTANCES, type EngineInstance } from './os/units.ts';
import type { Surroundings } from './surroundings.ts';

/** The last of the engine units: never an engine that serves. */
export const SPARE_INSTANCE = 7;

/** Cards of an engine: none is the processor; `undefined`: none is known, it looks for itself. */
export type EngineCards = readonly SizedCard[] | undefined;

export interface OwnEngines {
  /** Of the machine's own model, as many as it shall have copies; nothing runs yet. */
  readonly engines: readonly Engine[];
  /** Loads every model that is not always there. */
  readonly keeper: ModelKeeper;
  /** What it loads them into: less what the machine's own model holds for good. */
  readonly memory: ModelMemory;
  /** Whose memory that is. */
  readonly cards: EngineCards;
  /** Looks after all cards that engines were given. */
  readonly watch: CardWatch;
  /** Units that are given out to models; `undefined` where an engine is a child of the agent. */
  readonly stock: UnitStock | undefined;
}

/** @throws config_invalid */
export async function makeEngines(
  config: Config,
  surroundings: Pick<Surroundings, 'units' | 'cards'>,
  log: Log,
): Promise<OwnEngines> {
  const installed = await modelOf(config);
  const need = await neededBytes(installed, config.engine_slots);
  const instances = ENGINE_INSTANCES.slice(0, config.engine_copies);
  const { places, cards } = await readPlaces(
    config,
    surroundings.cards,
    // Whoever installs a model wants the cards for it; the self-test answers from the processor in time.
    installed.model.selfTest
      ? []
      : instances.map((instance) => ({ engine: engineId(installed.model, instance), ...need })),
    log,
  );
  const watch = new CardWatch(surroundings.cards, log);
  const own: { readonly engine: Engine; readonly bytes: number }[] = [];
  for (const instance of instances) {
    const ownCards = installed.model.selfTest
      ? NO_CARDS
      : cardsOf(places?.get(engineId(installed.model, instance)));
    const engine = await makeEngine(config, surroundings, log, instance, ownCards);
    // A card's memory is nobody else's, and the machine's own is not the cards'.
    const isApart = (ownCards ?? NO_CARDS).length > 0 || (cards ?? NO_CARDS).length > 0;
    own.push({
      engine: onCards(engine, ownCards, watch),
      bytes: isApart ? 0 : need.sharedBytes + need.perCardBytes,
    });
  }
  const isKept = config.model_keep_alive_s > 0;
  const takenBytes = isKept ? 0 : own.reduce((sum, { bytes }) => sum + bytes, 0);
  const found = memoryFor(cards ?? NO_CARDS, totalmem());
  const memory = { ...found, bytes: Math.max(0, (config.model_memory_bytes || found.bytes) - takenBytes) };
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
    engines: own.map(({ engine, bytes }) => (isKept ? keeper.keep(engine, bytes) : engine)),
    keeper,
    memory,
    cards,
    watch,
    stock,
  };
}

const NO_CARDS: readonly SizedCard[] = [];
const cardsOf = (place: Place | undefined): EngineCards =>
  place?.kind === 'processor' ? NO_CARDS : place?.cards;

/** The same engine, looked after where it has cards. */
export function onCards(engine: Engine, cards: EngineCards, watch: CardWatch): Engine {
  if (cards === undefined || cards.length === 0) return engine;
  const watched = new CardEngine(engine, cards);
  watch.add(watched);
  return watched;
}

/** What an engine is told of cards. */
export const cardOptions = (
  config: Config,
  cards: EngineCards,
): Pick<SupervisedEngineOptions, 'gpu' | 'cards'> => {
  if (!usesCards(config) || cards?.length === 0) return { gpu: false };
  return { gpu: 'auto', ...(cards === undefined ? {} : { cards }) };
};

/** Engines use cards where they are units; one inside the agent's own program only when the owner says so. */
const usesCards = ({ engine, engine_gpus = engine === 'llama-server' ? 'auto' : 'none' }: Config): boolean =>
  engine_gpus === 'auto';

/** Where each engine goes, and the cards for models that come and go; `undefined` both when no card is known. */
async function readPlaces(
  config: Config,
  { kernel, tool }: CardSources,
  needs: readonly CardNeed[],
  log: Log,
): Promise<{ readonly places?: ReadonlyMap<string, Place>; readonly cards?: readonly SizedCard[] }> {
  if (!usesCards(config)) return {};
  const cards = usableCards(mergeGpus(...(await Promise.all([kernel(), tool()]))) ?? []);
  if (cards.length === 0) return {};
  const places = planPlaces(needs, cards);
  const shared = sharedCards(places, cards);
  for (const [engine, place] of places)
    log.info('engine.placed', {
      engine,
      cards: place.kind === 'cards' ? idsOf(place.cards) : '',
      reason: place.kind === 'processor' ? place.reason : undefined,
    });
  log.info('models.placed', { cards: idsOf(shared) });
  return { places, cards: shared };
}

const idsOf = (cards: readonly SizedCard[]): string => cards.map(({ id }) => id).join(' ');

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
 * An engine for the machine's own model; nothing runs yet.
 * @param instance  0–7, which of the machine's engines it is
 * @throws config_invalid
 */
export async function makeEngine(
  config: Config,
  { units }: Pick<Surroundings, 'units'>,
  log: Log,
  instance: EngineInstance,
  cards: EngineCards,
): Promise<Engine> {
  const { model, path, sha256 } = await modelOf(config);
  const options = {
    id: engineId(model, instance),
    model,
    modelPath: path,
    ...(sha256 === undefined ? {} : { sha256 }),
    slots: config.engine_slots,
    threads: await threadsOf(config),
    ...cardOptions(config, cards),
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
