/**
 * An engine around another one: the same to whoever calls it, but with a say in when it runs and in what it tells of itself.
 * Separate because two reasons for that, memory and graphics cards, are laid around each other.
 */
import type { Engine, EngineAddress, EngineState, InferencePath, ServedModel } from './port.ts';

export abstract class EngineAround implements Engine {
  protected readonly inner: Engine;
  readonly #listeners = new Set<() => void>();

  /** @param inner  not started */
  constructor(inner: Engine) {
    this.inner = inner;
  }

  get id(): string {
    return this.inner.id;
  }
  get model(): ServedModel {
    return this.inner.model;
  }
  get address(): EngineAddress {
    return this.inner.address;
  }
  get slots(): number {
    return this.inner.slots;
  }
  get canCount(): boolean {
    return this.inner.canCount;
  }

  abstract state(): EngineState;
  abstract start(): Promise<void>;
  abstract stop(): Promise<void>;

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  countPrompt(path: InferencePath, body: Uint8Array, signal: AbortSignal): Promise<number> {
    return this.inner.countPrompt(path, body, signal);
  }

  /** To be called after each change of what `state` tells. */
  protected tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
