/**
 * An engine on graphics cards of its own: out of service while one of them is gone, started again when it is back.
 * Separate from supervision, which would start a process again and again that finds no card, and tell of a bad model.
 */
import { EngineAround } from '../around.ts';
import type { Engine, EngineState } from '../port.ts';
import type { Card } from './types.ts';

export class CardEngine extends EngineAround {
  readonly cards: readonly Card[];
  #isWanted = false;
  #gone: Card | undefined;
  /** One change at a time: a card that comes back while its engine still ends waits for that end. */
  #work: Promise<void> = Promise.resolve();

  /** @param inner  not started     @param cards  at least one */
  constructor(inner: Engine, cards: readonly Card[]) {
    super(inner);
    this.cards = cards;
    inner.onChange(() => {
      if (this.#gone === undefined) this.tell();
    });
  }

  state(): EngineState {
    if (!this.#isWanted || this.#gone === undefined) return this.inner.state();
    const { name, id } = this.#gone;
    const reason = `The graphics card ${name} (${id}) is gone from this machine. The model is loaded again by itself when it is back.`;
    return { name: 'failed', code: 'graphics_card_gone', reason };
  }

  async start(): Promise<void> {
    this.#isWanted = true;
    this.tell();
    await this.#work;
    if (this.#isWanted && this.#gone === undefined) await this.inner.start();
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    await this.#work;
    await this.inner.stop();
    this.tell();
  }

  /** @param gone  the first of its cards that is not there; `undefined` when all are */
  see(gone: Card | undefined): void {
    const before = this.#gone;
    if (before === gone) return;
    this.#gone = gone;
    this.tell();
    // Calls under way end with it: nothing answers on a card that is gone.
    if (gone !== undefined && before === undefined) this.#work = this.#work.then(() => this.inner.stop());
    if (gone === undefined)
      this.#work = this.#work.then(() => {
        // Not waited for: a load takes minutes, and it may be gone again before.
        if (this.#isWanted && this.#gone === undefined) void this.inner.start();
      });
  }
}
