/**
 * One benchmark at a time over the models that can answer: begins, tells how far it is, can be ended, keeps what came.
 * Separate from measuring, which knows one step, and from doors. It never outruns its owner: it refuses to begin while
 * calls are served, and says so when some came meanwhile.
 */
import { randomBytes } from 'node:crypto';
import type { Envelope } from '@b3iq/wire';
import { newBenchmarkId } from '@b3iq/wire';
import type { BenchmarkAnswer, BenchmarkProgress, BenchmarkRun } from '@b3iq/wire/local-api';
import type { Engine } from '../engine/port.ts';
import { CodedError, errorChain, type MachineKind } from '../errors.ts';
import type { ReadMachine } from '../health/machine/port.ts';
import type { Identity } from '../identity/port.ts';
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import type { Store } from '../store/port.ts';
import { type MachineFacts, signedBenchmark } from './document.ts';
import { watchEffort } from './effort.ts';
import { expectationFor } from './expectations.ts';
import { sentencesOf } from './judge.ts';
import { holdLoaded } from './loaded.ts';
import { Meter } from './measure.ts';
import { figuresOf, planSteps, ROUNDS, secondsLeft, tenth } from './plan.ts';
import type { BenchmarkOrder, Benchmarks } from './port.ts';
import { MAX_RUNS, type Measured, type Runs, type Step } from './types.ts';

/** How often it is looked whether somebody else is being served. */
const LOOK_MS = 250;

export interface BenchmarkDeps {
  readonly engines: () => readonly Engine[];
  /** Calls the endpoint serves; the benchmark's own are not among them. */
  readonly stats: () => { readonly active: number; readonly queued: number };
  readonly read: ReadMachine;
  readonly store: Store<Runs>;
  /** `undefined` while it cannot be used. */
  readonly identity: Pick<Identity, 'nodeId' | 'keyEpoch' | 'privateKey'> | undefined;
  /** What the machine is made of. */
  readonly facts: () => Promise<MachineFacts>;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly kind: MachineKind;
}

interface Work {
  readonly engine: Engine;
  readonly steps: readonly Step[];
}

/** A step behind us and how long it took. */
interface Done {
  readonly step: Step;
  readonly ms: number;
}

export class BenchmarkService implements Benchmarks {
  readonly #deps: BenchmarkDeps;
  #progress: BenchmarkProgress | null = null;
  #problem: string | null = null;
  #stopping: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: BenchmarkDeps) {
    this.#deps = deps;
  }

  async now(): Promise<BenchmarkAnswer> {
    const runs = this.#deps.store.read().toReversed();
    // Asking for the cards costs something, and is for nothing while nothing was measured.
    const graphics = runs.length === 0 ? [] : (await this.#deps.facts()).graphics.map(({ name }) => name);
    return {
      progress: this.#progress,
      problem: this.#problem,
      runs: runs.map((run) => {
        const expectation = expectationFor(graphics, run.model);
        return { ...run, expectation, sentences: sentencesOf(run, expectation) };
      }),
    };
  }

  start({ model, anyway = false }: BenchmarkOrder): void {
    if (this.#stopping !== undefined) throw new CodedError('benchmark_running');
    const work = this.#workFor(model);
    const isBusy = this.#isBusy();
    if (isBusy && !anyway) throw new CodedError('benchmark_busy');
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#problem = null;
    this.#running = this.#runAll(work, isBusy, stopping.signal).finally(() => {
      this.#stopping = undefined;
      this.#progress = null;
    });
  }

  stop(): void {
    this.#stopping?.abort(new Error('stopped'));
  }

  async document(id: string): Promise<Envelope> {
    const { store, identity, kind, clock, facts } = this.#deps;
    const run = store.read().find((each) => each.id === id);
    if (run === undefined) throw new CodedError('benchmark_not_found');
    if (identity === undefined) throw new CodedError('identity_unavailable', undefined, { on: kind });
    return signedBenchmark(run, { identity, kind, nowMs: clock.now(), machine: await facts() });
  }

  /** Ends what runs; resolves when nothing is left of it. */
  async close(): Promise<void> {
    this.stop();
    await this.#running;
  }

  #workFor(model: string | undefined): readonly Work[] {
    const named = this.#deps.engines().filter(({ model: { id } }) => model === undefined || id === model);
    if (named.length === 0)
      throw new CodedError('model_not_found', 'This machine has no model of that name. See which it has.');
    const able = named.filter((engine) => engine.model.capabilities.includes('chat'));
    if (able.length === 0)
      throw new CodedError(
        'capability_unavailable',
        'Only models that can chat are measured, and this one cannot.',
      );
    const ready = able.filter((engine) => ['ready', 'idle'].includes(engine.state().name));
    if (ready.length === 0)
      throw new CodedError('engine_unavailable', 'No model is ready to answer. Wait until one is loaded.');
    return ready.map((engine) => ({ engine, steps: planSteps(engine.slots) }));
  }

  #isBusy(): boolean {
    const { active, queued } = this.#deps.stats();
    return active + queued > 0;
  }

  /** One model after the other; one that fails does not take the others with it. Never rejects. */
  async #runAll(work: readonly Work[], isBusy: boolean, signal: AbortSignal): Promise<void> {
    const all = work.flatMap(({ steps }) => steps);
    let before = 0;
    const done: Done[] = [];
    for (const one of work) {
      try {
        await this.#run(one, done, all, isBusy, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#deps.log.warn('benchmark.failed', { reason: errorChain(error) });
        const why = error instanceof CodedError ? error.detail : 'It could not be finished. Look at the log.';
        this.#problem = `${one.engine.model.label}: ${why} Nothing was kept of it.`;
        all.splice(done.length, before + one.steps.length - done.length); // nobody waits for these any more
      }
      before = done.length;
    }
  }

  async #run(
    { engine, steps }: Work,
    done: Done[],
    all: readonly Step[],
    isBusy: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, read } = this.#deps;
    let disturbed = isBusy;
    const looking = setInterval(() => {
      disturbed ||= this.#isBusy();
    }, LOOK_MS);
    const effort = watchEffort(read);
    const meter = new Meter(engine, clock, () => randomBytes(4).toString('hex'));
    const measured: Measured[] = [];
    let release = () => {};
    try {
      const [first] = steps;
      if (first !== undefined) this.#tell(engine, first, done, all, disturbed);
      release = await holdLoaded(engine, signal);
      for (const step of steps) {
        this.#tell(engine, step, done, all, disturbed);
        const startMs = clock.monotonicMs();
        measured.push({ step, result: await meter.measure(step, signal) });
        done.push({ step, ms: clock.monotonicMs() - startMs });
        disturbed ||= this.#isBusy();
      }
    } finally {
      clearInterval(looking);
      effort.stop();
      await meter.close();
      release();
    }
    signal.throwIfAborted();
    const figures = figuresOf(measured);
    if (figures === undefined)
      throw new CodedError('engine_failed', 'Its answers are too short to tell a speed from.');
    const { temperatureC, powerW } = effort.highest();
    await this.#keep({
      ...this.#named(engine),
      disturbed,
      decode_tokens_per_second: figures.decodeTokensPerSecond,
      prefill_tokens_per_second: figures.prefillTokensPerSecond,
      first_token_ms: figures.firstTokenMs,
      concurrency: figures.concurrency,
      temperature_c: reading(temperatureC),
      power_w: reading(powerW),
    });
  }

  #named({ model }: Engine) {
    const { clock, version } = this.#deps;
    const nowMs = Math.floor(clock.now());
    return {
      id: newBenchmarkId(nowMs, randomBytes(10)),
      at: new Date(nowMs).toISOString(),
      model: model.id,
      label: model.label,
      self_test: model.selfTest,
      size_bytes: model.sizeBytes,
      context_tokens: model.contextTokens,
      version,
      rounds: ROUNDS,
    };
  }

  async #keep(run: BenchmarkRun): Promise<void> {
    await this.#deps.store.update((runs) => [...runs, run].slice(-MAX_RUNS));
    this.#deps.log.info('benchmark.finished', { model: run.model, disturbed: run.disturbed });
  }

  #tell(
    { model }: Engine,
    { kind, streams }: Step,
    done: readonly Done[],
    all: readonly Step[],
    disturbed: boolean,
  ): void {
    this.#progress = {
      model: model.id,
      label: model.label,
      step: kind,
      streams,
      done: done.length,
      total: all.length,
      seconds_left: secondsLeft(done, all.slice(done.length)) ?? null,
      disturbed,
    };
  }
}

/** A reading worth keeping; what is below zero is a sensor's way to say nothing. */
function reading(value: number | undefined): number | null {
  return value === undefined || value < 0 ? null : tenth(value);
}
