/**
 * Updates as the owner and the clock order them: look, install, restart, wait. Holds no rights: it starts fixed units
 * and reads what they leave. Separate from those programs, which trust nothing that is decided here.
 */
import type { UpdateAnswer, UpdateSettingsRequest } from '@b3iq/wire/local-api';
import type { Updates } from '../appliance/machine/port.ts';
import { CodedError, errorChain } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import type { Store } from '../store/port.ts';
import { updateAnswer } from './answer.ts';
import { planFirstLook, planNextLook, planStep, RETRY_MS } from './plan.ts';
import type { Reading, UpdateStep, UpdateWorld } from './port.ts';
import type { Activity, UpdateSettings } from './types.ts';

/** How often the machine considers what to do by itself. */
const TICK_MS = 60_000;
/** A unit that was ordered and has not reported after so long will not: starting Node takes seconds on the slowest box. */
const ORDER_LIMIT_MS = 20_000;

export interface UpdateServiceDeps {
  readonly world: UpdateWorld;
  readonly store: Store<UpdateSettings>;
  readonly clock: Clock;
  readonly log: Log;
  /** For how long no request was being served, ms; 0 while one is. */
  readonly idleForMs: () => number;
  /** 0 ≤ x < 1; `Math.random` does, nothing secret hangs on it. */
  readonly random: () => number;
  /** 0–23 in the machine's time zone. */
  readonly hour: (nowMs: number) => number;
}

export class UpdateService implements Updates {
  readonly #deps: UpdateServiceDeps;
  #asked: { readonly activity: Activity; readonly sinceMs: number; readonly uptimeS: number } | undefined;
  #nextLookMs: number;
  #nextTryMs = 0;
  /** Since when the offered version has been known. */
  #seen: { readonly version: string; readonly sinceMs: number } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: UpdateServiceDeps) {
    this.#deps = deps;
    this.#nextLookMs = deps.clock.monotonicMs() + planFirstLook(deps.random());
  }

  /** Begins to look by itself. */
  start(): void {
    this.#timer ??= setInterval(() => void this.tick(), TICK_MS).unref();
  }
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async answer(): Promise<UpdateAnswer> {
    const reading = await this.#deps.world.read();
    return updateAnswer(reading, this.#deps.store.read(), this.#order(reading));
  }

  /** @throws appliance_step_failed */
  async check(): Promise<void> {
    if (isBusy(await this.answer())) return; // the one that runs answers
    this.#nextLookMs = this.#deps.clock.monotonicMs() + planNextLook(this.#deps.random());
    await this.#start('b3iq-update-check', { kind: 'looking' });
  }

  /** @throws update_unavailable when there is nothing to install, update_on_trial, appliance_step_failed */
  async install(): Promise<void> {
    const { state, available } = await this.answer();
    if (state.kind === 'installing') return; // asked twice
    if (state.kind === 'checking')
      throw new CodedError(
        'update_unavailable',
        'The machine is still looking for versions. Try again in a moment.',
      );
    if (state.kind === 'trial') throw onTrial();
    if (available === null)
      throw new CodedError('update_unavailable', 'There is no newer version to install. Look for one first.');
    this.#nextTryMs = this.#deps.clock.monotonicMs() + RETRY_MS;
    this.#deps.log.info('update.install_ordered', { version: available.version, from: available.from });
    await this.#start('b3iq-update', {
      kind: 'installing',
      version: Number(available.version),
      phase: 'downloading',
      doneBytes: 0,
      totalBytes: available.size_bytes,
      leftS: undefined,
    });
  }

  /** @throws update_unavailable when nothing waits to be started, appliance_step_failed */
  async restart(): Promise<void> {
    const { state } = await this.answer();
    if (state.kind !== 'ready')
      throw new CodedError('update_unavailable', 'No new version waits for a restart. Install one first.');
    this.#deps.log.info('update.restart_ordered', { version: state.version });
    await this.#deps.world.start('b3iq-restart');
  }

  /** @throws store_write_failed */
  async change({ automatic, postpone_days: days }: UpdateSettingsRequest): Promise<void> {
    const nowMs = this.#deps.clock.now();
    await this.#deps.store.update((settings) => ({
      automatic: automatic ?? settings.automatic,
      postponed_until:
        days === undefined
          ? settings.postponed_until
          : days === 0
            ? null
            : new Date(nowMs + days * 86_400_000).toISOString(),
    }));
  }

  /** One consideration; never throws. For the timer, and for tests in its place. */
  async tick(): Promise<void> {
    const { clock, log, store } = this.#deps;
    try {
      const answer = await this.answer();
      const version = answer.available?.version;
      if (version === undefined) this.#seen = undefined;
      else if (this.#seen?.version !== version) this.#seen = { version, sinceMs: clock.monotonicMs() };
      const until = store.read().postponed_until;
      const step = planStep({
        answer,
        isPostponed: until !== null && clock.now() < Date.parse(until),
        hour: this.#deps.hour(clock.now()),
        lookIsDue: clock.monotonicMs() >= this.#nextLookMs,
        tryIsDue: clock.monotonicMs() >= this.#nextTryMs,
        idleForMs: this.#deps.idleForMs(),
        waitedMs: this.#seen === undefined ? 0 : clock.monotonicMs() - this.#seen.sinceMs,
      });
      if (step === 'look') await this.check();
      else if (step === 'install') await this.install();
      else if (step === 'restart') await this.restart();
    } catch (error) {
      log.warn('update.step_failed', { reason: errorChain(error) });
    }
  }

  async #start(step: UpdateStep, activity: Activity): Promise<void> {
    const { uptimeS } = await this.#deps.world.read();
    this.#asked = { activity, sinceMs: this.#deps.clock.monotonicMs(), uptimeS };
    try {
      await this.#deps.world.start(step);
    } catch (error) {
      this.#asked = undefined;
      throw error;
    }
  }

  /** What was ordered, until its program has said anything. */
  #order({ fetching, writing }: Reading): Activity {
    const asked = this.#asked;
    if (asked === undefined) return { kind: 'none' };
    const hasReported = [fetching, writing].some((report) => (report?.uptimeS ?? -1) >= asked.uptimeS);
    if (hasReported || this.#deps.clock.monotonicMs() - asked.sinceMs >= ORDER_LIMIT_MS)
      this.#asked = undefined;
    return this.#asked?.activity ?? { kind: 'none' };
  }
}

const isBusy = ({ state }: UpdateAnswer): boolean => state.kind === 'checking' || state.kind === 'installing';

function onTrial(): CodedError {
  return new CodedError(
    'update_on_trial',
    'This version is still being tried; the one before it is kept until that is over.',
    { retryAfterS: 60 },
  );
}
