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
  readonly #engines = new Set<CardEngine>();
  readonly #sources: CardSources;
  readonly #log: Log;
  #missed: Missed = NONE_MISSED;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(sources: CardSources, log: Log) {
    this.#sources = sources;
    this.#log = log;
  }

  /** Looks after its cards as well, and tells it at once of one that is known to be gone. */
  add(engine: CardEngine): void {
    this.#engines.add(engine);
    this.#tell(engine);
  }

  remove(engine: CardEngine): void {
    this.#engines.delete(engine);
  }

  /** Looks from now on. */
  start(everyMs: number = EVERY_MS): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      void this.look().then(() => this.start(everyMs));
    }, everyMs).unref();
  }

  /** Looks once; without an engine on a card it does nothing. Never rejects. */
  async look(): Promise<void> {
    if (this.#engines.size === 0) return;
    try {
      const [kernel, tool] = await Promise.all([this.#sources.kernel(), this.#sources.tool()]);
      if (this.#isClosed) return;
      // Models that come and go share cards.
      const all = [...this.#engines].flatMap((engine) => engine.cards);
      const cards = [...new Map(all.map((card) => [card.id, card])).values()];
      const before = this.#missed;
      this.#missed = seeCards(before, cards, { kernel, tool });
      for (const card of cards) {
        if (isGone(this.#missed, card) === isGone(before, card)) continue;
        if (isGone(this.#missed, card)) this.#log.error('engine.card_gone', { card: card.id });
        else this.#log.info('engine.card_back', { card: card.id });
      }
      for (const engine of this.#engines) this.#tell(engine);
    } catch (error) {
      this.#log.error('engine.card_watch', { reason: errorChain(error) });
    }
  }

  #tell(engine: CardEngine): void {
    engine.see(engine.cards.find((card) => isGone(this.#missed, card)));
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }
}
