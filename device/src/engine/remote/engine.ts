/** One model of somebody else's engine, as the rest of the agent uses it. Separate from the source, which looks after the
 *  connection all its models share. */
import { CodedError } from '../../errors.ts';
import type { Engine, EngineAddress, EngineState, InferencePath, ServedModel, Upstream } from '../port.ts';
import type { Remote } from './client.ts';
import { countAt } from './count.ts';
import { servedId } from './plan.ts';
import type { FoundModel, RemoteSettings } from './types.ts';

/** What a model asks of its source. */
export interface Shared {
  readonly settings: RemoteSettings;
  readonly remote: Remote;
  state(): EngineState;
  /** Somebody found it not answering: look now. */
  doubt(): void;
}

export class RemoteEngine implements Engine {
  readonly id: string;
  readonly model: ServedModel;
  readonly address: EngineAddress;
  readonly slots: number;
  readonly canCount: boolean;
  readonly upstream: Upstream;
  readonly #shared: Shared;
  readonly #found: FoundModel;
  readonly #listeners = new Set<() => void>();
  #isStopped = false;

  constructor(shared: Shared, found: FoundModel, slots: number) {
    const { settings, remote } = shared;
    this.#shared = shared;
    this.#found = found;
    this.id = servedId(settings.name, found.name);
    this.model = {
      id: this.id,
      label: this.id,
      selfTest: false,
      contextTokens: found.contextTokens,
      sizeBytes: found.sizeBytes,
      capabilities: found.capabilities,
      maxChoices: found.maxChoices,
    };
    this.address = { kind: 'origin', origin: settings.origin };
    this.slots = slots;
    this.canCount = found.counter !== undefined;
    this.upstream = { model: found.name, headers: remote.headers };
  }

  state(): EngineState {
    return this.#isStopped ? { name: 'stopped' } : this.#shared.state();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The source's state has changed. */
  tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  doubt(): void {
    this.#shared.doubt();
  }

  async countPrompt(path: InferencePath, body: Uint8Array, signal: AbortSignal): Promise<number> {
    const { counter, name } = this.#found;
    if (this.state().name !== 'ready') throw new CodedError('engine_unavailable');
    const isShape = path === '/v1/responses' || path === '/v1/messages';
    if (counter === undefined || (isShape && !this.#found.counted.includes(path)))
      throw new CodedError('capability_unavailable', 'This engine does not count prompts.');
    const request: Record<string, unknown> = JSON.parse(Buffer.from(body).toString('utf8'));
    return countAt(this.#shared.remote, counter, path, { ...request, model: name }, signal);
  }

  /** Somebody else keeps it up; this only lets calls go to it. */
  async start(): Promise<void> {
    this.#isStopped = false;
    this.tell();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.tell();
  }
}
