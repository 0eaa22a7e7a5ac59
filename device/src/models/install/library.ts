/**
 * The machine's models: installs one after another, through restarts, and lists, pauses, cancels and removes them.
 * Separate because it is what routes, the command line and the engines ask; the steps themselves are next door.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sha256Hex } from '@b3iq/wire';
import { CodedError, errorChain } from '../../errors.ts';
import type { Clock } from '../../os/clock.ts';
import type { Log } from '../../os/log.ts';
import { ModelFolder } from './folder.ts';
import { isLost } from './plan.ts';
import { RemovedModels } from './removed.ts';
import { checkSource, type InstallRequest, newRecord, type SourceRules, sourceOf } from './request.ts';
import { runInstall } from './run.ts';
import {
  allows,
  failed,
  paused,
  rateOf,
  restingPhase,
  running,
  type Sample,
  secondsLeft,
  type Verb,
  withSample,
} from './state.ts';
import type { Failure, InstallRecord, InstallSource, InstallState, ModelRecord, Phase } from './types.ts';

export interface LibraryDeps extends SourceRules {
  /** Absolute. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether a model may not be taken away now: somebody is being answered with this file, or it is the machine's own. */
  readonly isInUse: (path: string) => boolean;
  /** Called before a removed model's file goes: resolves when no engine holds it. */
  readonly letGo?: () => Promise<void>;
  readonly onChange?: () => void;
  /** Names that other models of this machine have. */
  readonly takenNames?: () => readonly string[];
  readonly chunkBytes?: number;
  readonly freeBytes?: () => Promise<number>;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** An installation and how far it is, in this process. */
interface Live {
  record: InstallRecord;
  phase: Phase;
  doneBytes: number;
  samples: readonly Sample[];
}
export class ModelLibrary {
  readonly #deps: LibraryDeps;
  readonly #folder: ModelFolder;
  readonly #installs = new Map<string, Live>();
  readonly #removed: RemovedModels;
  #models: readonly ModelRecord[] = [];
  /** Being removed: still on the disk, and no model any more. */
  readonly #leaving = new Set<Sha256Hex>();
  #current: { readonly id: string; readonly abort: AbortController } | undefined;
  #worker: Promise<void> = Promise.resolve();
  #writing: Promise<void> = Promise.resolve();
  #isStopping = false;

  private constructor(deps: LibraryDeps, folder: ModelFolder) {
    this.#deps = deps;
    this.#folder = folder;
    this.#removed = new RemovedModels(folder, deps.log);
  }

  /** Opens the folder; installations that were running when the agent ended go on once `start` is called. */
  static async open(deps: LibraryDeps): Promise<ModelLibrary> {
    const folder = await ModelFolder.open(deps.folder);
    const library = new ModelLibrary(deps, folder);
    library.#models = await folder.installed();
    for (const record of await folder.records())
      library.#installs.set(record.id, { record, phase: restingPhase(record), doneBytes: 0, samples: [] });
    return library;
  }

  start(): void {
    this.#next();
  }

  /** Installed models, by label. */
  models(): readonly ModelRecord[] {
    return this.#models;
  }

  /** Where an installed model's file lies. */
  fileOf(model: ModelRecord): string {
    return this.#folder.fileOf(model);
  }

  freeBytes(): Promise<number> {
    return this.#deps.freeBytes?.() ?? this.#folder.freeBytes();
  }

  installs(): readonly InstallState[] {
    const nowMs = this.#deps.clock.monotonicMs();
    return [...this.#installs.values()].map(({ record, phase, doneBytes, samples }) => {
      const bytesPerSecond = phase === 'fetching' ? rateOf(samples, nowMs) : undefined;
      const totalBytes = record.version?.totalBytes ?? record.expected.sizeBytes;
      const rest = totalBytes === undefined ? undefined : totalBytes - doneBytes;
      return {
        record,
        phase,
        doneBytes,
        totalBytes,
        bytesPerSecond,
        secondsLeft: rest === undefined ? undefined : secondsLeft(rest, bytesPerSecond),
      };
    });
  }

  /** @throws model_source_refused, model_already_installed, store_write_failed */
  async install(request: InstallRequest): Promise<InstallState> {
    const { takenNames, chunkBytes, clock } = this.#deps;
    checkSource(request.source, this.#deps);
    this.#refuseTwice(request.source, request.expected?.sha256);
    const taken = new Set<string>([
      ...(takenNames?.() ?? []),
      ...this.#models.map((model) => model.id),
      ...[...this.#installs.values()].map(({ record }) => record.modelId),
    ]);
    const record = newRecord(
      { ...request, chunkBytes: request.chunkBytes ?? chunkBytes },
      taken,
      clock.now(),
    );
    const live: Live = { record, phase: 'waiting', doneBytes: 0, samples: [] };
    this.#installs.set(record.id, live);
    try {
      await this.#folder.writeRecord(record);
    } catch (cause) {
      this.#installs.delete(record.id);
      await this.#folder.forget(record.id).catch(() => {}); // a disk that cannot write may not delete either
      throw new CodedError('store_write_failed', undefined, { cause });
    }
    this.#deps.log.info('models.install_asked', { install: record.id, from: record.source.kind });
    this.#changed();
    this.#next();
    return this.#stateOf(record.id);
  }

  /** @throws install_not_found, install_not_possible */
  async act(id: string, verb: Verb): Promise<void> {
    const live = this.#installs.get(id);
    if (live === undefined) throw new CodedError('install_not_found');
    if (!allows(live.phase, verb))
      throw new CodedError('install_not_possible', `It is ${live.phase} now, so it cannot ${verb}.`);
    if (verb === 'resume') {
      await this.#write(live, running, 'waiting');
      this.#next();
      return;
    }
    if (verb === 'pause') await this.#write(live, paused, 'paused');
    else this.#installs.delete(id);
    if (this.#current?.id === id) {
      this.#current.abort.abort();
      await this.#worker;
    }
    if (verb === 'cancel') await this.#folder.forget(id);
    this.#deps.log.info('models.install_changed', { install: id, verb });
    this.#changed();
  }

  /** It can be brought back for a minute. @throws model_not_found, model_in_use */
  async remove(sha256: Sha256Hex): Promise<void> {
    const model = this.#models.find((each) => each.sha256 === sha256);
    if (model === undefined) throw new CodedError('model_not_found', 'That model is not installed here.');
    if (this.#deps.isInUse(this.fileOf(model))) throw new CodedError('model_in_use');
    this.#leaving.add(sha256);
    this.#models = this.#models.filter((each) => each !== model);
    try {
      await this.#deps.letGo?.();
      await this.#removed.remove(sha256);
      this.#deps.log.info('models.removed', { sha256 });
    } finally {
      this.#leaving.delete(sha256);
      this.#models = await this.#installed(); // a disk that did not let it go has it still
      this.#changed();
    }
  }

  /** @throws model_not_found when its time has passed */
  async restore(sha256: Sha256Hex): Promise<void> {
    if (!(await this.#removed.restore(sha256)))
      throw new CodedError(
        'model_not_found',
        'That model cannot be brought back any more. Install it again.',
      );
    this.#models = await this.#installed();
    this.#changed();
  }

  /** Ends what runs; it goes on at the next start. */
  async close(): Promise<void> {
    this.#isStopping = true;
    this.#current?.abort.abort();
    await this.#worker;
    await this.#removed.close();
  }

  #refuseTwice(source: InstallSource, sha256: Sha256Hex | undefined): void {
    if (this.#models.some((model) => model.sha256 === sha256))
      throw new CodedError('model_already_installed');
    const isSame = ({ record }: Live) => JSON.stringify(record.source) === JSON.stringify(source);
    if ([...this.#installs.values()].some(isSame))
      throw new CodedError('model_already_installed', 'That model is being installed already.');
  }

  /** Starts the oldest one that waits, unless one runs: two at once would only halve each other's line. */
  #next(): void {
    if (this.#current !== undefined || this.#isStopping) return;
    const live = [...this.#installs.values()].find(({ phase }) => phase === 'waiting');
    if (live === undefined) return;
    const { id } = live.record;
    const current = { id, abort: new AbortController() };
    this.#current = current;
    this.#worker = this.#run(live, current.abort.signal)
      .catch((error: unknown) => {
        // Ended by its owner or by the agent's end; else a record that could not be written, tried again at the next start.
        if (!current.abort.signal.aborted)
          this.#deps.log.error('models.install_broke', { install: id, reason: errorChain(error) });
      })
      .finally(() => {
        this.#current = undefined;
        this.#changed();
        this.#next();
      });
  }

  async #run(live: Live, signal: AbortSignal): Promise<void> {
    const { log, clock, pause } = this.#deps;
    const { id } = live.record;
    const outcome = await runInstall({
      record: live.record,
      folder: this.#folder,
      source: sourceOf(live.record.source, this.#deps),
      remember: (version) => this.#write(live, (record) => ({ ...record, version })),
      onProgress: (doneBytes, phase) => this.#progress(live, doneBytes, phase),
      isInstalled: (sha256) => this.#models.some((model) => model.sha256 === sha256),
      freeBytes: () => this.freeBytes(),
      nowMs: () => clock.now(),
      pause: pause ?? ((ms, ending) => sleep(ms, undefined, { signal: ending })),
      signal,
    });
    if (outcome.kind === 'stopped') {
      const { obstacle } = outcome.failure;
      log.warn('models.install_stopped', { install: id, obstacle, reason: errorChain(outcome.cause) });
      return await this.#fail(live, outcome.failure);
    }
    this.#models = await this.#installed();
    this.#installs.delete(id); // never in neither list
    log.info('models.installed', { install: id, sha256: outcome.sha256 });
  }

  async #fail(live: Live, failure: Failure): Promise<void> {
    const { id } = live.record;
    if (isLost(failure.obstacle)) {
      await this.#folder.dropPart(id).catch(() => {}); // what stays is proven again, and refused again
      live.doneBytes = 0;
    }
    const change = (record: InstallRecord) => failed(record, failure);
    // On a full disk the record may not be writable: then the next start simply tries again.
    await this.#write(live, change, 'failed').catch(() => {
      live.record = change(live.record);
      live.phase = 'failed';
    });
  }

  #progress(live: Live, doneBytes: number, phase: Phase): void {
    if (live.phase === 'paused') return; // it is ending
    const hasChanged = live.phase !== phase;
    live.phase = phase;
    live.doneBytes = doneBytes;
    if (phase === 'fetching')
      live.samples = withSample(live.samples, { atMs: this.#deps.clock.monotonicMs(), bytes: doneBytes });
    else live.samples = [];
    if (hasChanged) this.#changed();
  }

  /** One after another: the owner and the transfer may both want to. */
  #write(live: Live, change: (record: InstallRecord) => InstallRecord, phase?: Phase): Promise<void> {
    const written = this.#writing.then(async () => {
      if (!this.#installs.has(live.record.id)) return; // cancelled
      const record = change(live.record);
      await this.#folder.writeRecord(record);
      live.record = record;
      if (phase !== undefined) live.phase = phase;
      this.#changed();
    });
    this.#writing = written.catch(() => {}); // whoever asked is told
    return written;
  }

  async #installed(): Promise<readonly ModelRecord[]> {
    const found = await this.#folder.installed();
    return found.filter(({ sha256 }) => !this.#leaving.has(sha256));
  }

  #stateOf(id: string): InstallState {
    const state = this.installs().find(({ record }) => record.id === id);
    if (state === undefined) throw new CodedError('install_not_found');
    return state;
  }

  #changed(): void {
    this.#deps.onChange?.();
  }
}
