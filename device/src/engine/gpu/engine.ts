/**
 * An engine on graphics cards of its own: out of service while one of them is gone, started again when it is back.
 * Separate from supervision, which would start a process again and again that finds no card, and tell of a bad model.
 */
import type { Engine, EngineAddress, EngineState, InferencePath, ServedModel } from '../port.ts';
import type { Card } from './types.ts';

export class CardEngine implements Engine {
  readonly cards: readonly Card[];
  readonly #inner: Engine;
  readonly #listeners = new Set<() => void>();
  #isWanted = false;
  #gone: Card | undefined;
  /** One change at a time: a card that comes back while its engine still ends waits for that end. */
  #work: Promise<void> = Promise.resolve();

  /** @param inner  not started     @param cards  at least one */
  constructor(inner: Engine, cards: readonly Card[]) {
    this.#inner = inner;
    this.cards = cards;
    inner.onChange(() => {
      if (this.#gone === undefined) this.#tell();
    });
  }

  get id(): string {
    return this.#inner.id;
  }
  get model(): ServedModel {
    return this.#inner.model;
  }
  get address(): EngineAddress {
    return this.#inner.address;
  }
  get slots(): number {
    return this.#inner.slots;
  }
  get canCount(): boolean {
    return this.#inner.canCount;
  }

  state(): EngineState {
    if (!this.#isWanted || this.#gone === undefined) return this.#inner.state();
    const { name, id } = this.#gone;
    const reason = `The graphics card ${name} (${id}) is gone from this machine. The model is loaded again by itself when it is back.`;
    return { name: 'failed', code: 'graphics_card_gone', reason };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  countPrompt(path: InferencePath, body: Uint8Array, signal: AbortSignal): Promise<number> {
    return this.#inner.countPrompt(path, body, signal);
  }

  async start(): Promise<void> {
    this.#isWanted = true;
    this.#tell();
    await this.#work;
    if (this.#isWanted && this.#gone === undefined) await this.#inner.start();
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    await this.#work;
    await this.#inner.stop();
    this.#tell();
  }

  /** @param gone  the first of its cards that is not there; `undefined` when all are */
  see(gone: Card | undefined): void {
    const before = this.#gone;
    if (before === gone) return;
    this.#gone = gone;
    this.#tell();
    // Calls under way end with it: nothing answers on a card that is gone.
    if (gone !== undefined && before === undefined) this.#work = this.#work.then(() => this.#inner.stop());
    if (gone === undefined)
      this.#work = this.#work.then(() => {
        // Not waited for: a load takes minutes, and it may be gone again before.
        if (this.#isWanted && this.#gone === undefined) void this.#inner.start();
      });
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
