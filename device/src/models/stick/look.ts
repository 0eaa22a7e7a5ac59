/** The stick as pages see it: its models, and which of them the machine has already. Separate from the files, which know no library. */
import { open } from 'node:fs/promises';
import type { StickAnswer } from '@b3iq/wire/local-api';
import type { ModelLibrary } from '../install/library.ts';
import { listStick, openOnStick, type StickFile, sampleOf } from './files.ts';

type StickState = StickAnswer['models'][number]['state'];

export class ModelStick {
  readonly #folder: string | undefined;
  readonly #library: Pick<ModelLibrary, 'models' | 'fileOf' | 'installs'>;
  #looking: Promise<StickAnswer> | undefined;

  /** @param folder  where sticks are mounted; none on a Host */
  constructor(folder: string | undefined, library: Pick<ModelLibrary, 'models' | 'fileOf' | 'installs'>) {
    this.#folder = folder;
    this.#library = library;
  }

  /** One look at a time, whoever asks: a stick that hardly answers would else take every thread that reads files. */
  look(): Promise<StickAnswer> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<StickAnswer> {
    if (this.#folder === undefined) return { state: 'not-taken', models: [], is_cut: false };
    const found = await listStick(this.#folder);
    if (found === undefined) return { state: 'absent', models: [], is_cut: false };
    const models: StickAnswer['models'][number][] = [];
    for (const file of found.files)
      models.push({
        name: file.name,
        size_bytes: file.sizeBytes,
        state: await this.#stateOf(this.#folder, file),
      });
    return { state: 'present', models, is_cut: found.isCut };
  }

  async #stateOf(folder: string, file: StickFile): Promise<StickState> {
    const isComing = this.#library
      .installs()
      .some(({ record: { source } }) => source.kind === 'stick' && source.name === file.name);
    if (isComing) return 'installing';
    return (await this.#isInstalled(folder, file)) ? 'installed' : 'available';
  }

  /** As large as one that is, and the same at both ends: the whole is read only when its owner installs it. */
  async #isInstalled(folder: string, { name, sizeBytes }: StickFile): Promise<boolean> {
    const alike = this.#library.models().filter((model) => model.sizeBytes === sizeBytes);
    if (alike.length === 0) return false;
    const found = await openOnStick(folder, name);
    if (found.kind !== 'open') return false;
    try {
      const sample = await sampleOf(found.file, sizeBytes);
      for (const model of alike) {
        const file = await open(this.#library.fileOf(model));
        try {
          if ((await sampleOf(file, sizeBytes)) === sample) return true;
        } finally {
          await file.close();
        }
      }
    } catch {
      // A file that cannot be read is not known: whoever installs it hears why.
    } finally {
      await found.file.close();
    }
    return false;
  }
}
