/**
 * An engine of our own as the agent uses it: a supervised process behind a unix socket, whoever starts it.
 * Separate from `state.ts`, which decides; this file carries out and watches.
 */
import { basename } from 'node:path';
import { CodedError, errorChain } from '../../errors.ts';
import type { Clock } from '../../os/clock.ts';
import type { Log } from '../../os/log.ts';
import type { Card } from '../gpu/types.ts';
import { servedCapabilities } from '../openai/capabilities.ts';
import { type LifeSigns, planWatch, SUPERVISION_TIMES, type SupervisionTimes } from '../plan.ts';
import type { Engine, EngineAddress, EngineState, InferencePath, ServedModel } from '../port.ts';
import {
  engineStateOf,
  type Supervision,
  type SupervisionEffect,
  type SupervisionEvent,
  supervise,
} from '../state.ts';
import { fetchCount, fetchHealth } from './client.ts';
import type { EngineLauncher, EngineProcess } from './launcher.ts';
import type { EngineMessage, EngineTask } from './messages.ts';
import { ModelFileCheck } from './model-file.ts';

export interface SupervisedEngineOptions {
  /** The model's id when left out; copies need one each. */
  readonly id?: string;
  readonly model: ServedModel;
  /** A GGUF file. */
  readonly modelPath: string;
  /** Expected digest of the file, 64 lower-case hex characters. */
  readonly sha256?: string;
  readonly launcher: EngineLauncher;
  /** Where the launcher's processes listen. */
  readonly socketPath: string;
  /** 1–64. */
  readonly slots: number;
  /** ≥ 1; more than the physical cores never helps. */
  readonly threads: number;
  /** Default `false`: processor only. */
  readonly gpu?: 'auto' | false;
  /** Cards of its own, at least one; any there are when left out. */
  readonly cards?: readonly Card[];
  readonly log: Log;
  readonly clock: Clock;
  readonly times?: Partial<SupervisionTimes>;
  /** How often the watchdog looks, ms; default 2,000. */
  readonly watchEveryMs?: number;
}

/** Nothing runs before `start()`. */
export class SupervisedEngine implements Engine {
  readonly id: string;
  readonly model: ServedModel;
  readonly address: EngineAddress;
  readonly slots: number;
  readonly canCount = true;
  readonly #options: SupervisedEngineOptions;
  readonly #times: SupervisionTimes;
  readonly #file: ModelFileCheck;
  readonly #listeners = new Set<() => void>();
  #state: Supervision = { kind: 'stopped' };
  #shown: EngineState = { name: 'stopped' };
  #process: EngineProcess | undefined;
  #signs: LifeSigns | undefined;
  #retry: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #launch = new AbortController();

  constructor(options: SupervisedEngineOptions) {
    const { model } = options;
    this.id = options.id ?? model.id;
    this.model = { ...model, capabilities: servedCapabilities(model.capabilities) };
    this.address = { kind: 'socket', path: options.socketPath };
    this.slots = options.slots;
    this.#options = options;
    this.#times = { ...SUPERVISION_TIMES, ...options.times };
    this.#file = new ModelFileCheck(options.modelPath, options.sha256);
  }

  state(): EngineState {
    return this.#shown;
  }

  /** The process's id for tests and support; `undefined` while none runs, or where somebody else starts it. */
  childPid(): number | undefined {
    return this.#process?.pid;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async countPrompt(path: InferencePath, body: Uint8Array, signal: AbortSignal): Promise<number> {
    if (this.#shown.name !== 'ready') throw new CodedError('engine_unavailable');
    return fetchCount(this.#options.socketPath, path, body, signal);
  }

  async start(): Promise<void> {
    this.#send({ kind: 'start' });
    await this.#until((name) => name === 'ready' || name === 'failed' || name === 'stopped');
  }

  async stop(): Promise<void> {
    this.#launch.abort();
    this.#send({ kind: 'stop' });
    await this.#until(() => this.#state.kind === 'stopped');
    await this.#process?.gone; // a refused process may still be on its way out
    await this.#options.launcher.tidy();
  }

  async #until(isThere: (name: EngineState['name']) => boolean): Promise<void> {
    if (isThere(this.#shown.name)) return;
    await new Promise<void>((resolve) => {
      const leave = this.onChange(() => {
        if (!isThere(this.#shown.name)) return;
        leave();
        resolve();
      });
    });
  }

  #send(event: SupervisionEvent): void {
    const { clock, log, modelPath } = this.#options;
    const before = this.#state;
    const next = supervise(before, event, clock.monotonicMs(), basename(modelPath), this.#times);
    this.#state = next.state;
    for (const effect of next.effects) this.#carryOut(effect);
    if (next.state === before) return;
    this.#shown = engineStateOf(next.state, clock.now() - clock.monotonicMs());
    const facts = {
      engine: this.id,
      model: this.model.id,
      state: this.#shown.name,
      reason: this.#shown.reason,
    };
    if (this.#shown.name === 'failed') log.error('engine.state', facts);
    else if (this.#shown.name === 'restarting') log.warn('engine.state', facts);
    else log.info('engine.state', facts);
    for (const listener of [...this.#listeners]) listener();
  }

  #carryOut(effect: SupervisionEffect): void {
    switch (effect.kind) {
      case 'spawn':
        this.#launch = new AbortController();
        this.#spawn(this.#launch.signal).catch((error: unknown) => this.#refuse(error));
        return;
      case 'kill':
        this.#process?.kill();
        return;
      case 'terminate':
        // Nothing was spawned yet: the check of the file is aborted, and that is all there is to end.
        if (this.#process === undefined)
          queueMicrotask(() => this.#send({ kind: 'exited', how: 'not started' }));
        else this.#process.terminate();
        return;
      case 'retry-in':
        clearTimeout(this.#retry);
        this.#retry = setTimeout(() => this.#send({ kind: 'retry' }), effect.delayMs);
        return;
      case 'cancel-retry':
        clearTimeout(this.#retry);
        return;
    }
  }

  async #spawn(signal: AbortSignal): Promise<void> {
    const { modelPath, socketPath, slots, threads, gpu, cards, launcher } = this.#options;
    await this.#file.check(signal);
    if (signal.aborted) return; // what is prepared must not come after `tidy`
    await launcher.prepare();
    if (signal.aborted) return;
    const task = {
      modelId: this.model.id,
      modelPath,
      socketPath,
      contextTokens: this.model.contextTokens,
      slots,
      threads,
      gpu: gpu ?? (false as const),
      cards: cards?.map(cardOfTask) ?? null,
    };
    const now = this.#options.clock.monotonicMs();
    this.#signs = { phase: 'loading', lastSignMs: now, lastProgressMs: now, stalledMs: 0 };
    this.#process = launcher.start(task, {
      onMessage: (message) => this.#hear(message),
      onExit: (how) => {
        clearTimeout(this.#watch);
        this.#process = undefined;
        this.#signs = undefined;
        this.#send({ kind: 'exited', how });
      },
    });
    this.#options.log.info('engine.spawned', {
      engine: this.id,
      model: this.model.id,
      pid: this.#process.pid,
    });
    this.#watchSoon();
  }

  #refuse(error: unknown): void {
    if (this.#launch.signal.aborted) return;
    this.#options.log.warn('engine.refused', {
      engine: this.id,
      model: this.model.id,
      cause: errorChain(error),
    });
    const coded = error instanceof CodedError ? error : new CodedError('engine_unavailable');
    this.#send({ kind: 'refused', code: coded.code, detail: coded.detail });
  }

  #hear(message: EngineMessage): void {
    if (this.#signs === undefined) return;
    const now = this.#options.clock.monotonicMs();
    this.#signs = { ...this.#signs, lastSignMs: now };
    if (message.kind === 'loading') this.#signs = { ...this.#signs, lastProgressMs: now };
    if (message.kind === 'ready') {
      this.#signs = { ...this.#signs, phase: 'ready' };
      this.#send({ kind: 'ready' });
    }
    if (message.kind === 'refused') {
      this.#send({ kind: 'refused', code: message.code, detail: message.detail });
      this.#process?.kill();
    }
  }

  #watchSoon(): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#look().catch((error: unknown) =>
        this.#options.log.error('engine.watch', { cause: errorChain(error) }),
      );
    }, this.#options.watchEveryMs ?? 2_000);
  }

  async #look(): Promise<void> {
    const watched = this.#process;
    if (this.#signs?.phase === 'ready') {
      const health = await fetchHealth(this.#options.socketPath, this.#times.silenceMs / 2);
      if (watched !== this.#process || this.#signs === undefined) return;
      const now = this.#options.clock.monotonicMs();
      if (health !== undefined)
        this.#signs = { ...this.#signs, lastSignMs: now, stalledMs: health.stalledMs };
    }
    if (this.#signs === undefined) return;
    const reason = planWatch(this.#signs, this.#options.clock.monotonicMs(), this.#times);
    if (reason !== undefined) this.#send({ kind: 'stuck', reason });
    else this.#watchSoon();
  }
}

/** Without its memory, which is planned with, not told. */
function cardOfTask({ id, uuid, vendor, name }: Card): NonNullable<EngineTask['cards']>[number] {
  return { id, uuid: uuid ?? null, vendor, name };
}
