/**
 * The machine's models in the words of its API: the library on disk, what each file says, and what memory there is for it.
 * Separate from the library, which knows neither memory nor pages.
 */
import { parseSha256, type Sha256Hex } from '@b3iq/wire';
import type {
  HealthAnswer,
  InstalledModel,
  InstallModelRequest,
  ModelFit,
  ModelInstall,
  ModelLibraryAnswer,
} from '@b3iq/wire/local-api';
import { CodedError } from '../errors.ts';
import type { ModelLibrary } from './install/library.ts';
import type { Verb } from './install/state.ts';
import type { InstallState } from './install/types.ts';
import { sentenceOf } from './install/words.ts';
import { everyday, fitOf, type InstalledFile, listInstalled } from './list.ts';
import { type ModelMemory, memoryFor } from './memory.ts';
import type { Models } from './port.ts';

export interface ModelServiceDeps {
  readonly library: ModelLibrary;
  readonly health: () => Promise<HealthAnswer>;
  readonly isInUse: (path: string) => boolean;
}

export class ModelService implements Models {
  readonly #deps: ModelServiceDeps;
  /** Headers are read once for each set of models: a page that looks each second must not read vocabularies. */
  #listed: { readonly key: string; readonly files: Promise<readonly InstalledFile[]> } | undefined;

  constructor(deps: ModelServiceDeps) {
    this.#deps = deps;
  }

  async library(): Promise<ModelLibraryAnswer> {
    const { library, health } = this.#deps;
    const memory = memoryFor(await health());
    const files = await this.#files();
    return {
      installed: files.map((file) => this.#installed(file, memory)),
      installs: library.installs().map(installOf),
      disk_free_bytes: await library.freeBytes(),
      memory,
    };
  }

  async install({ source, id, sha256 }: InstallModelRequest): Promise<ModelInstall> {
    const modelId = id as Parameters<ModelLibrary['install']>[0]['id']; // the schema has parsed both
    const state = await this.#deps.library.install({
      source,
      id: modelId,
      expected: { sha256: sha256 as Sha256Hex | undefined },
    });
    return installOf(state);
  }

  act(id: string, verb: Verb): Promise<void> {
    return this.#deps.library.act(id, verb);
  }

  async remove(sha256: string): Promise<void> {
    await this.#deps.library.remove(hashOf(sha256));
  }

  async restore(sha256: string): Promise<void> {
    await this.#deps.library.restore(hashOf(sha256));
  }

  #files(): Promise<readonly InstalledFile[]> {
    const { library } = this.#deps;
    const key = library
      .models()
      .map(({ sha256 }) => sha256)
      .join();
    if (this.#listed?.key !== key) this.#listed = { key, files: listInstalled(library) };
    return this.#listed.files;
  }

  #installed(file: InstalledFile, memory: ModelMemory): InstalledModel {
    const { model, path, gate } = file;
    const shape = gate.kind === 'passed' ? gate.shape : undefined;
    const fit = fitOf(file, memory.bytes);
    return {
      id: model.id,
      label: model.label,
      sha256: model.sha256,
      size_bytes: model.sizeBytes,
      format: model.format,
      pinned_by: model.pinnedBy,
      installed_at: model.installedAt,
      in_use: this.#deps.isInUse(path),
      architecture: shape?.architecture ?? null,
      context_tokens: shape?.contextTokens ?? null,
      fit: fit && shape ? fitAnswer(fit, everyday(shape).contextTokens) : null,
      refused: gate.kind === 'refused' ? gate.why : null,
    };
  }
}

const fitAnswer = (fit: NonNullable<ReturnType<typeof fitOf>>, contextTokens: number): ModelFit => ({
  kind: fit.kind,
  reason: fit.reason,
  context_tokens: contextTokens,
  largest_context_tokens: fit.largestContextTokens ?? null,
});

function installOf({ record, phase, ...state }: InstallState): ModelInstall {
  return {
    id: record.id,
    model: record.modelId,
    label: record.label,
    host: record.source.kind === 'url' ? new URL(record.source.url).hostname : null,
    phase,
    done_bytes: state.doneBytes,
    total_bytes: state.totalBytes ?? null,
    bytes_per_second: state.bytesPerSecond ?? null,
    seconds_left: state.secondsLeft ?? null,
    message: record.failure === undefined ? null : sentenceOf(record.failure),
    is_pinned: record.expected.sha256 !== undefined,
  };
}

function hashOf(text: string): Sha256Hex {
  const sha256 = parseSha256(text);
  if (sha256 === undefined) throw new CodedError('model_not_found', 'That model is not installed here.');
  return sha256;
}
