/** An engine that is loaded only while somebody needs it. Separate from the keeper, which weighs several against each other. */
import type { Clock } from '../../os/clock.ts';
import { EngineAround } from '../around.ts';
import type { Engine, EngineState } from '../port.ts';
import type { Resident, Room } from './plan.ts';

export class KeptEngine extends EngineAround implements Resident {
  readonly bytes: number;
  readonly engines: number;
  users = 0;
  lastUsedMs: number;
  /** When the first call came that found it not loaded. */
  wantedSinceMs = 0;
  readonly #clock: Clock;
  readonly #keepAliveMs: number;
  readonly #arrange: () => void;
  #isLoaded = false;
  #isUnloading = false;
  #isStopped = true;
  #isTooLarge = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param arrange  asks for what is loaded to be looked at anew */
  constructor(inner: Engine, room: Room, clock: Clock, keepAliveMs: number, arrange: () => void) {
    super(inner);
    this.bytes = room.bytes;
    this.engines = room.engines;
    this.#clock = clock;
    this.#keepAliveMs = keepAliveMs;
    this.#arrange = arrange;
    this.lastUsedMs = clock.monotonicMs();
    inner.onChange(() => {
      if (this.#isLoaded) this.tell();
    });
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  state(): EngineState {
    if (this.#isStopped) return { name: 'stopped' };
    if (this.#isTooLarge)
      return {
        name: 'failed',
        code: 'engine_unavailable',
        reason:
          'It needs more memory than this machine has for models. Use a smaller model or a shorter context.',
      };
    if (this.#isLoaded && !this.#isUnloading) {
      const state = this.inner.state();
      return state.name === 'stopped' ? { name: 'starting' } : state;
    }
    return { name: this.users > 0 ? 'starting' : 'idle' };
  }

  use(): () => void {
    this.users += 1;
    if (!this.#isLoaded && this.users === 1) this.#want();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.users -= 1;
      if (this.users === 0) this.#rest();
    };
  }

  /** From now on a call loads it; nothing is loaded yet. */
  async start(): Promise<void> {
    this.#isStopped = false;
    this.tell();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.unload();
  }

  /** Somebody waits for it. */
  isWanted(): boolean {
    return this.users > 0 && !this.#isLoaded && !this.#isStopped && !this.#isTooLarge;
  }

  /** Nobody has used it for as long as it is kept. */
  isOverdue(): boolean {
    return (
      this.#isLoaded && this.users === 0 && this.#clock.monotonicMs() - this.lastUsedMs >= this.#keepAliveMs
    );
  }

  /** It can never be loaded. */
  refuse(): void {
    this.#isTooLarge = true;
    this.tell();
  }

  load(): void {
    if (this.#isStopped) return;
    this.#isLoaded = true;
    void this.inner.start();
    this.tell();
  }

  /** Resolves when its memory is free. */
  async unload(): Promise<void> {
    this.#isUnloading = true;
    this.tell();
    await this.inner.stop();
    this.#isUnloading = false;
    this.#isLoaded = false;
    this.tell();
    if (this.users > 0) this.#want(); // somebody came meanwhile
  }

  #want(): void {
    this.wantedSinceMs = this.#clock.monotonicMs();
    this.tell();
    this.#arrange();
  }

  /** The last call has ended: others may have waited for that, and it is not kept for ever. */
  #rest(): void {
    this.lastUsedMs = this.#clock.monotonicMs();
    this.tell();
    this.#arrange();
    this.#lookIn(this.#keepAliveMs);
  }

  /** A timer may end some ms before its time, by the clock that counts here. */
  #lookIn(waitMs: number): void {
    clearTimeout(this.#timer);
    if (!Number.isFinite(waitMs)) return;
    this.#timer = setTimeout(() => {
      const leftMs = this.lastUsedMs + this.#keepAliveMs - this.#clock.monotonicMs();
      if (leftMs > 0) this.#lookIn(leftMs);
      else this.#arrange();
    }, waitMs).unref();
  }
}
