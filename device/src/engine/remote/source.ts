/**
 * Looks after one engine somebody else runs: is it there, which models has it, what can they do; and keeps the registry in
 * line with that. Separate from its models, which come and go with what it finds.
 */
import { errorChain } from '../../errors.ts';
import type { Log } from '../../os/log.ts';
import type { EngineState } from '../port.ts';
import type { EngineRegistry } from '../registry/registry.ts';
import { type Remote, Unreachable } from './client.ts';
import { RemoteEngine } from './engine.ts';
import { planLook, REMOTE_TIMES, type RemoteTimes, SLOTS, servedId, slotsFor } from './plan.ts';
import { listModels, probeModels } from './probe.ts';
import type { FoundModel, RemoteSettings } from './types.ts';

export interface RemoteSourceOptions {
  readonly settings: RemoteSettings;
  /** Sent as `Authorization: Bearer …`; in no log. */
  readonly key: string | undefined;
  readonly registry: EngineRegistry;
  readonly log: Log;
  readonly times?: Partial<RemoteTimes>;
}

export class RemoteSource {
  readonly settings: RemoteSettings;
  readonly #registry: EngineRegistry;
  readonly #log: Log;
  readonly #times: RemoteTimes;
  readonly #remote: Remote;
  readonly #engines = new Map<string, RemoteEngine>();
  /** What was found out since it last came back; `undefined`: nothing it can do. */
  #known: ReadonlyMap<string, FoundModel | undefined> = new Map();
  #state: EngineState = { name: 'stopped' };
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #stopping = new AbortController();

  constructor({ settings, key, registry, log, times }: RemoteSourceOptions) {
    this.settings = settings;
    this.#registry = registry;
    this.#log = log;
    this.#times = { ...REMOTE_TIMES, ...times };
    this.#remote = {
      origin: settings.origin,
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    };
  }

  state(): EngineState {
    return this.#state;
  }
  engines(): readonly RemoteEngine[] {
    return [...this.#engines.values()];
  }

  /** Looks at once and from then on again and again. Resolves after the first look, whatever it found. */
  async start(): Promise<void> {
    if (this.#state.name !== 'stopped') return this.#looking;
    this.#stopping = new AbortController();
    this.#become({ name: 'starting' });
    await this.look();
  }

  /** It is not asked at all, and this is why. One plain sentence. */
  refuse(reason: string): void {
    this.#become({ name: 'failed', code: 'engine_unavailable', reason });
  }

  /** No call finds its models any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#looking;
    for (const engine of this.#engines.values()) this.#registry.remove(engine);
    this.#engines.clear();
    this.#known = new Map();
    this.#become({ name: 'stopped' });
  }

  /** Looks now; who asks while it does shares that look. Never rejects. */
  look(): Promise<void> {
    clearTimeout(this.#timer);
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#stopping.signal.aborted) return;
      this.#timer = setTimeout(() => void this.look(), planLook(this.#failures, this.#times)).unref();
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { settings } = this;
    const { signal } = this.#stopping;
    try {
      const listed = await listModels(
        settings.kind,
        this.#remote,
        AbortSignal.any([signal, AbortSignal.timeout(this.#times.lookMs)]),
      );
      const found = await probeModels(
        settings.kind,
        this.#remote,
        listed,
        this.#known,
        this.#times.probeMs,
        signal,
      );
      signal.throwIfAborted();
      this.#known = found.all;
      this.#failures = 0;
      this.#become({ name: 'ready' });
      this.#follow(found.models, found.slots ?? SLOTS[settings.kind]);
    } catch (error) {
      if (signal.aborted) return;
      this.#failures += 1;
      this.#known = new Map(); // it may come back as something else
      const reason = error instanceof Unreachable ? error.reason : 'It could not be understood.';
      if (this.#failures === 1)
        this.#log.warn('engine.remote_lost', { engine: settings.name, cause: errorChain(error) });
      this.#become({ name: 'failed', code: 'engine_unavailable', reason });
    }
  }

  /** The registry has what was found and nothing else. */
  #follow(models: readonly FoundModel[], slots: number): void {
    const shared = {
      settings: this.settings,
      remote: this.#remote,
      state: () => this.#state,
      doubt: () => {
        if (!this.#stopping.signal.aborted) void this.look();
      },
    };
    const wanted = new Map(models.map((model) => [JSON.stringify([model, slots]), model]));
    // Two files of one name in two folders would be taken for copies: only the first is served.
    const ids = new Set<string>();
    for (const [print, { name }] of wanted) {
      const id = servedId(this.settings.name, name);
      if (ids.has(id)) wanted.delete(print);
      ids.add(id);
    }
    for (const [print, engine] of this.#engines)
      if (!wanted.has(print)) {
        this.#engines.delete(print);
        this.#registry.remove(engine);
      }
    for (const [print, model] of wanted) {
      if (this.#engines.has(print)) continue;
      const engine = new RemoteEngine(shared, model, slotsFor(model.capabilities, slots));
      this.#engines.set(print, engine);
      this.#registry.add(engine);
    }
  }

  #become(state: EngineState): void {
    const isSame = state.name === this.#state.name && state.reason === this.#state.reason;
    this.#state = state;
    if (isSame) return;
    this.#log.info('engine.remote', { engine: this.settings.name, state: state.name, reason: state.reason });
    for (const engine of this.#engines.values()) engine.tell();
  }
}
