/**
 * The machine's models in the words of its API: the library on disk, what each file says, and what memory there is for it.
 * Separate from the library, which knows neither memory nor pages.
 */
import { type ModelManifest, parseSha256, type Sha256Hex } from '@b3iq/wire';
import type {
  CatalogueAnswer,
  CatalogueModel,
  InstalledModel,
  InstallModelRequest,
  ModelFit,
  ModelInstall,
  ModelLibraryAnswer,
  OllamaAnswer,
  StickAnswer,
} from '@b3iq/wire/local-api';
import type { Served } from '../engine/installed/service.ts';
import { CodedError } from '../errors.ts';
import { fitAnswer, installOf } from './answers.ts';
import keys from './catalogue/keys.json' with { type: 'json' };
import { readCatalogue } from './catalogue/read.ts';
import { fitOfManifest, shapeOfManifest } from './catalogue/shape.ts';
import type { ModelLibrary } from './install/library.ts';
import type { InstallRequest } from './install/request.ts';
import type { Verb } from './install/state.ts';
import { everyday, fitOf, type InstalledFile, listInstalled } from './list.ts';
import type { ModelMemory } from './memory.ts';
import { findOllamaModels } from './ollama/store.ts';
import type { Models } from './port.ts';
import type { ModelStick } from './stick/look.ts';

export interface ModelServiceDeps {
  readonly library: ModelLibrary;
  /** What models are loaded into. */
  readonly memory: ModelMemory;
  /** Whether one may not be taken away now. */
  readonly isInUse: (path: string) => boolean;
  /** What callers of an installed model meet; `undefined` while that is not known yet. */
  readonly served: (sha256: Sha256Hex) => Served | undefined;
  /** Where Ollama may keep its models. */
  readonly ollamaFolders?: readonly string[];
  /** What the system mounts when one is plugged in. */
  readonly stick: ModelStick;
  /** The one that ships, unless told. */
  readonly catalogue?: readonly ModelManifest[];
}

export class ModelService implements Models {
  readonly #deps: ModelServiceDeps;
  /** Headers are read once for each set of models: a page that looks each second must not read vocabularies. */
  #listed: { readonly key: string; readonly files: Promise<readonly InstalledFile[]> } | undefined;

  readonly #catalogue: readonly ModelManifest[];

  constructor(deps: ModelServiceDeps) {
    this.#deps = deps;
    this.#catalogue = deps.catalogue ?? readCatalogue();
  }

  async library(): Promise<ModelLibraryAnswer> {
    const { library, memory } = this.#deps;
    const files = await this.#files();
    return {
      installed: files.map((file) => this.#installed(file, memory)),
      installs: library.installs().map(installOf),
      disk_free_bytes: await library.freeBytes(),
      memory,
    };
  }

  async catalogue(): Promise<CatalogueAnswer> {
    const { memory } = this.#deps;
    const models = this.#catalogue.map((manifest) => this.#known(manifest, memory));
    const order: readonly ModelFit['kind'][] = ['comfortable', 'tight', 'unknown', 'does-not-fit'];
    return {
      // Of what fits as well, the larger one first: it is the more able.
      models: models.toSorted(
        (a, b) =>
          order.indexOf(a.fit.kind) - order.indexOf(b.fit.kind) || (b.size_bytes ?? 0) - (a.size_bytes ?? 0),
      ),
      memory,
      signed_by: keys.keys.map(({ name }) => name).join(', '),
    };
  }

  async install({ source, id, sha256 }: InstallModelRequest): Promise<ModelInstall> {
    const named = await this.#requestOf(source);
    const state = await this.#deps.library.install({
      ...named,
      ...(id !== undefined && { id: id as InstallRequest['id'] }), // the schema has parsed both
      ...(sha256 !== undefined && { expected: { ...named.expected, sha256: sha256 as Sha256Hex } }),
    });
    return installOf(state);
  }

  async ollama(): Promise<OllamaAnswer> {
    const installed = new Set(this.#deps.library.models().map(({ sha256 }) => sha256));
    const found = await findOllamaModels(this.#deps.ollamaFolders ?? []);
    const models = found.filter(({ sha256 }) => !installed.has(sha256));
    return { models: models.map(({ name, sha256, sizeBytes }) => ({ name, sha256, size_bytes: sizeBytes })) };
  }

  stick(): Promise<StickAnswer> {
    return this.#deps.stick.look();
  }

  async #requestOf(source: InstallModelRequest['source']): Promise<InstallRequest> {
    if (source.kind === 'catalogue') return this.#fromCatalogue(source.id);
    if (source.kind !== 'ollama') return { source };
    const found = await findOllamaModels(this.#deps.ollamaFolders ?? []);
    const model = found.find(({ name }) => name === source.name);
    if (model === undefined)
      throw new CodedError(
        'model_not_found',
        'Ollama has no model of that name here, or not one this machine may read.',
      );
    return {
      source: { kind: 'file', path: model.path, mayLink: true },
      id: model.name,
      label: model.name.slice(0, 100),
      expected: { sha256: model.sha256, sizeBytes: model.sizeBytes },
    };
  }

  #fromCatalogue(id: string): InstallRequest {
    const manifest = this.#catalogue.find((each) => each.id === id);
    const url = manifest?.sources?.[0]?.url;
    if (manifest === undefined || url === undefined)
      throw new CodedError('model_not_found', 'The catalogue has no model of that name.');
    return {
      source: { kind: 'url', url },
      id: manifest.id,
      label: manifest.label,
      expected: {
        sha256: manifest.sha256,
        sizeBytes: manifest.size_bytes,
        chunkSha256: manifest.chunks?.sha256,
      },
      chunkBytes: manifest.chunks?.bytes,
    };
  }

  #known(manifest: ModelManifest, memory: ModelMemory): CatalogueModel {
    const { library } = this.#deps;
    const url = manifest.sources?.[0]?.url ?? '';
    const isInstalled = library
      .models()
      .some(({ sha256, id }) =>
        manifest.sha256 === undefined ? id === manifest.id : sha256 === manifest.sha256,
      );
    const isComing = library
      .installs()
      .some(({ record: { source } }) => source.kind === 'url' && source.url === url);
    const fit = fitOfManifest(manifest, memory.bytes);
    return {
      id: manifest.id,
      label: manifest.label,
      size_bytes: manifest.size_bytes ?? null,
      license: manifest.license ?? null,
      quantisation: manifest.quantisation ?? null,
      context_tokens: manifest.context_tokens ?? null,
      host: URL.parse(url)?.hostname ?? '',
      is_pinned: manifest.sha256 !== undefined,
      state: isInstalled ? 'installed' : isComing ? 'installing' : 'available',
      fit: fitAnswer(fit, everyday(shapeOfManifest(manifest)).contextTokens),
      read_from: manifest.read_from ?? [],
    };
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
    const served = this.#deps.served(model.sha256);
    const serving =
      served?.kind === 'served'
        ? { contextTokens: served.contextTokens, slots: served.slots, kvType: 'F16' as const }
        : shape && everyday(shape);
    const fit = fitOf(file, memory.bytes, serving);
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
      fit: fit && serving ? fitAnswer(fit, serving.contextTokens) : null,
      refused: gate.kind === 'refused' ? gate.why : null,
      served:
        served?.kind === 'served'
          ? {
              state: served.state.name,
              reason: served.state.reason ?? null,
              context_tokens: served.contextTokens,
            }
          : null,
      not_served: served?.kind === 'not-served' && gate.kind === 'passed' ? served.why : null,
    };
  }
}

function hashOf(text: string): Sha256Hex {
  const sha256 = parseSha256(text);
  if (sha256 === undefined) throw new CodedError('model_not_found', 'That model is not installed here.');
  return sha256;
}
