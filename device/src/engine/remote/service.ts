/**
 * The owner's list of engines that somebody else runs: kept in the settings, their keys in files of their own, each with a
 * source that looks after it. Separate from the doors; nothing on the list was ever put there but by the owner.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type EngineOffer,
  type EngineSummary,
  type EnginesAnswer,
  newEngineRequest,
} from '@b3iq/wire/local-api';
import { CodedError, errorChain } from '../../errors.ts';
import { writeDurably } from '../../os/files.ts';
import type { Log } from '../../os/log.ts';
import type { Store } from '../../store/port.ts';
import type { Engine } from '../port.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import { parseOrigin } from './parse.ts';
import type { RemoteTimes } from './plan.ts';
import type { EngineList } from './port.ts';
import { RemoteSource } from './source.ts';
import type { EnginesSlice, RemoteSettings } from './types.ts';

/** More than anybody has; each is looked at every few seconds. */
const MAX_ENGINES = 16;
/** A new engine is answered for with what the first look found, or as starting after so long. */
const FIRST_LOOK_MS = 10_000;

export interface RemoteEnginesOptions {
  readonly store: Store<EnginesSlice>;
  /** Folder of the keys, made for this user alone. */
  readonly keysDir: string;
  readonly registry: EngineRegistry;
  /** Whether an address is this machine's own endpoint: asking itself would go round for ever. */
  readonly isOwn: (url: URL) => boolean;
  /** What runs on this computer by itself, less what is used already. */
  readonly findOffers: (used: ReadonlySet<string>) => Promise<readonly EngineOffer[]>;
  readonly log: Log;
  readonly times?: Partial<RemoteTimes>;
}

export class RemoteEngines implements EngineList {
  readonly #options: RemoteEnginesOptions;
  readonly #sources = new Map<string, RemoteSource>();

  constructor(options: RemoteEnginesOptions) {
    this.#options = options;
  }

  /** Begins to look after every engine of the list. Never rejects: an engine without its key is told as such. */
  async start(): Promise<void> {
    for (const settings of this.#options.store.read()) {
      const key = settings.has_key ? await this.#readKey(settings.name) : undefined;
      const source = this.#open(settings, key);
      if (settings.has_key && key === undefined)
        source.refuse('Its key is lost. Remove it here and add it again.');
      else void source.start();
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#sources.values()].map((source) => source.stop()));
    this.#sources.clear();
  }

  async list(): Promise<EnginesAnswer> {
    const used = new Set(this.#options.store.read().map(({ origin }) => origin));
    const remote = new Set<Engine>([...this.#sources.values()].flatMap((source) => source.engines()));
    const own = this.#options.registry.all().filter((engine) => !remote.has(engine));
    return {
      engines: [...own.map(ownSummary), ...[...this.#sources.values()].map(summaryOf)],
      offered: await this.#options.findOffers(used),
    };
  }

  async add(raw: unknown): Promise<EngineSummary> {
    const { name, kind, url, api_key } = newEngineRequest.parse(raw);
    const origin = parseOrigin(url);
    if (this.#options.isOwn(new URL(origin)))
      throw new CodedError('invalid_request', 'url: this is the machine itself.', { param: 'url' });
    const settings: RemoteSettings = { name, kind, origin, has_key: api_key != null };
    // Checked where updates run one after another: two requests of one name cannot both pass.
    await this.#options.store.update((engines) => {
      if (engines.some((other) => other.name === name)) throw new CodedError('engine_name_taken');
      if (engines.length >= MAX_ENGINES)
        throw new CodedError('invalid_request', `There may be ${MAX_ENGINES} engines. Remove one first.`);
      return [...engines, settings];
    });
    try {
      if (api_key != null) await this.#writeKey(name, api_key);
    } catch (error) {
      await this.#options.store.update((engines) => engines.filter((other) => other.name !== name));
      throw error;
    }
    this.#options.log.info('engine.added', { engine: name, kind, has_key: settings.has_key });
    const source = this.#open(settings, api_key ?? undefined);
    const tooLong = AbortSignal.timeout(FIRST_LOOK_MS);
    await Promise.race([
      source.start(),
      new Promise<void>((resolve) => tooLong.addEventListener('abort', () => resolve(), { once: true })),
    ]);
    return summaryOf(source);
  }

  /** Its models are gone with the next request; answers under way go on. */
  async remove(name: string): Promise<void> {
    await this.#options.store.update((engines) => {
      const rest = engines.filter((other) => other.name !== name);
      if (rest.length === engines.length) throw new CodedError('engine_not_found');
      return rest;
    });
    const source = this.#sources.get(name);
    this.#sources.delete(name);
    await source?.stop();
    await rm(this.#keyPath(name), { force: true });
    this.#options.log.info('engine.removed', { engine: name });
  }

  #open(settings: RemoteSettings, key: string | undefined): RemoteSource {
    const { registry, log, times = {} } = this.#options;
    const source = new RemoteSource({ settings, key, registry, log, times });
    this.#sources.set(settings.name, source);
    return source;
  }

  /** Names are letters, digits and hyphens: none leaves the folder. */
  #keyPath(name: string): string {
    return join(this.#options.keysDir, name);
  }

  async #writeKey(name: string, key: string): Promise<void> {
    try {
      await mkdir(this.#options.keysDir, { recursive: true, mode: 0o700 });
      await writeDurably(this.#keyPath(name), key);
    } catch (cause) {
      throw new CodedError('store_write_failed', undefined, { cause });
    }
  }

  async #readKey(name: string): Promise<string | undefined> {
    return readFile(this.#keyPath(name), 'utf8').catch((error: unknown) => {
      this.#options.log.error('engine.key_lost', { engine: name, cause: errorChain(error) });
      return undefined;
    });
  }
}

function summaryOf(source: RemoteSource): EngineSummary {
  const { name, kind, origin, has_key } = source.settings;
  const engines = source.engines();
  return {
    name,
    kind,
    url: origin,
    has_key,
    state: source.state().name,
    reason: source.state().reason ?? null,
    models: engines.map(({ model }) => model.id),
    counts_prompts: engines.length > 0 && engines.every(({ canCount }) => canCount),
  };
}

function ownSummary(engine: Engine): EngineSummary {
  const { name, reason } = engine.state();
  return {
    name: engine.id,
    kind: 'own',
    url: null,
    has_key: false,
    state: name,
    reason: reason ?? null,
    models: [engine.model.id],
    counts_prompts: engine.canCount,
  };
}
