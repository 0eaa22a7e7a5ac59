/**
 * Every installed model that fits, served under its name: engines come and go with what is installed. Separate from the
 * library, which knows files, and from the keeper, which decides what is loaded; nothing is loaded here before a call needs it.
 */
import type { Sha256Hex } from '@b3iq/wire';
import { CodedError, errorChain } from '../../errors.ts';
import { type Installed, type InstalledFile, listInstalled } from '../../models/list.ts';
import type { Log } from '../../os/log.ts';
import type { KeptEngine } from '../on-demand/engine.ts';
import type { ModelKeeper } from '../on-demand/keeper.ts';
import type { Engine, EngineState, ServedModel } from '../port.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import { planOffer } from './plan.ts';

export interface InstalledEnginesOptions {
  readonly library: Installed;
  readonly registry: EngineRegistry;
  readonly keeper: ModelKeeper;
  /** What the keeper has for all of them. */
  readonly memoryBytes: number;
  /** Of one engine at most, ≥ 1. */
  readonly slots: number;
  /** An engine for a file that passed, not started, of an id of its own. @throws CodedError with why there is none */
  readonly create: (file: InstalledFile, model: ServedModel, slots: number) => Engine;
  /** What `create` made has ended and is used no more. */
  readonly release?: (engine: Engine) => void;
  /** What each takes of the engines the keeper gives out. */
  readonly takes: 0 | 1;
  readonly log: Log;
}

/** What callers of an installed model meet. */
export type Served =
  | {
      readonly kind: 'served';
      readonly state: EngineState;
      readonly contextTokens: number;
      readonly slots: number;
    }
  /** Sentences for the owner. */
  | { readonly kind: 'not-served'; readonly why: string };

interface Entry {
  readonly path: string;
  /** `undefined` where it is not served. */
  readonly engine: KeptEngine | undefined;
  readonly why: string;
  /** Resolves when nothing of its engine is left. */
  readonly end: () => Promise<void>;
}

export class InstalledEngines {
  readonly #options: InstalledEnginesOptions;
  readonly #entries = new Map<Sha256Hex, Entry>();
  readonly #leaving: (() => Promise<void>)[] = [];
  #work: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: InstalledEnginesOptions) {
    this.#options = options;
  }

  /** What is not installed any more is found by no call from here on. Resolves when its engine has ended and what is new can
   *  be called; never rejects. */
  follow(): Promise<void> {
    this.#withdraw(
      new Set(this.#isStopped ? [] : this.#options.library.models().map(({ sha256 }) => sha256)),
    );
    this.#work = this.#work
      .then(() => this.#catchUp())
      .catch((error: unknown) =>
        this.#options.log.error('models.not_followed', { reason: errorChain(error) }),
      );
    return this.#work;
  }

  /** Whether an engine answers somebody with this file now. */
  isBusy(path: string): boolean {
    return [...this.#entries.values()].some((entry) => entry.path === path && (entry.engine?.users ?? 0) > 0);
  }

  /** `undefined` for a model that is not installed, or so new that it was not looked at yet. */
  of(sha256: Sha256Hex): Served | undefined {
    const entry = this.#entries.get(sha256);
    if (entry === undefined) return undefined;
    const { engine, why } = entry;
    if (engine === undefined) return { kind: 'not-served', why };
    const { model, slots } = engine;
    return { kind: 'served', state: engine.state(), contextTokens: model.contextTokens, slots };
  }

  /** Ends all of them. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.follow();
  }

  #withdraw(there: ReadonlySet<Sha256Hex>): void {
    for (const [sha256, { engine, end }] of this.#entries) {
      if (there.has(sha256)) continue;
      this.#entries.delete(sha256);
      if (engine === undefined) continue;
      this.#leaving.push(end);
      this.#options.registry.remove(engine);
    }
  }

  async #catchUp(): Promise<void> {
    const { library, registry, log } = this.#options;
    await Promise.all(this.#leaving.splice(0).map((end) => end()));
    const isNew = (sha256: Sha256Hex) =>
      !this.#isStopped &&
      !this.#entries.has(sha256) &&
      library.models().some((model) => model.sha256 === sha256);
    const found = library.models().filter(({ sha256 }) => isNew(sha256));
    const files = await listInstalled({ models: () => found, fileOf: (model) => library.fileOf(model) });
    for (const file of files) {
      if (!isNew(file.sha256)) continue; // removed while its header was read
      const entry = this.#begin(file);
      const { engine, why } = entry;
      this.#entries.set(file.sha256, entry);
      if (engine === undefined) {
        log.info('models.not_served', { model: file.model.id, reason: why });
        continue;
      }
      await engine.start(); // from now on a call loads it
      registry.add(engine);
    }
  }

  #begin(file: InstalledFile): Entry {
    const { registry, keeper, memoryBytes, slots, create, release, takes, log } = this.#options;
    const none = (why: string): Entry => ({ path: file.path, engine: undefined, why, end: async () => {} });
    // Two engines of one name would be taken for copies of one model.
    if (registry.models().has(file.model.id))
      return none(`Another model of this machine is called ${file.model.id}. Install it under another name.`);
    const offer = planOffer(file, memoryBytes, slots);
    if (offer.kind === 'not-served') return none(offer.why);
    try {
      const inner = create(file, offer.model, offer.slots);
      const engine = keeper.keep(inner, offer.bytes, takes);
      const end = async () => {
        await keeper.drop(engine);
        release?.(inner);
      };
      return { path: file.path, engine, why: '', end };
    } catch (error) {
      log.error('models.no_engine', { model: file.model.id, reason: errorChain(error) });
      return none(
        error instanceof CodedError ? error.detail : 'Its engine could not be prepared. See the log.',
      );
    }
  }
}
