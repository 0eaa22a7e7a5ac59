/** Looks now and then whether the cards that engines were given are still there. Separate from the health monitor, which looks
 *  once a minute for people; an engine whose card is gone must be out of the line sooner. */
import { errorChain } from '../../errors.ts';
import type { ReadGpus } from '../../health/gpu/port.ts';
import type { Log } from '../../os/log.ts';
import type { CardEngine } from './engine.ts';
import { isGone, type Missed, NONE_MISSED, seeCards } from './state.ts';

/** Twice this until an engine is out: about as long as a driver takes to give a card up. */
const EVERY_MS = 10_000;

/** Where cards are read, each source by itself: the silence of one says nothing about the other's cards. */
export interface CardSources {
  readonly kernel: ReadGpus;
  readonly tool: ReadGpus;
}

export class CardWatch {
  readonly #engines: readonly CardEngine[];
  readonly #sources: CardSources;
  readonly #log: Log;
  #missed: Missed = NONE_MISSED;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(engines: readonly CardEngine[], sources: CardSources, log: Log) {
    this.#engines = engines;
    this.#sources = sources;
    this.#log = log;
  }

  /** Looks from now on. Without an engine on a card it does nothing. */
  start(everyMs: number = EVERY_MS): void {
    if (this.#isClosed || this.#engines.length === 0) return;
    this.#timer = setTimeout(() => {
      void this.look().then(() => this.start(everyMs));
    }, everyMs).unref();
  }

  /** Looks once. Never rejects. */
  async look(): Promise<void> {
    try {
      const [kernel, tool] = await Promise.all([this.#sources.kernel(), this.#sources.tool()]);
      if (this.#isClosed) return;
      const cards = this.#engines.flatMap((engine) => engine.cards);
      const before = this.#missed;
      this.#missed = seeCards(before, cards, { kernel, tool });
      for (const card of cards) {
        if (isGone(this.#missed, card) === isGone(before, card)) continue;
        if (isGone(this.#missed, card)) this.#log.error('engine.card_gone', { card: card.id });
        else this.#log.info('engine.card_back', { card: card.id });
      }
      for (const engine of this.#engines) engine.see(engine.cards.find((card) => isGone(this.#missed, card)));
    } catch (error) {
      this.#log.error('engine.card_watch', { reason: errorChain(error) });
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
