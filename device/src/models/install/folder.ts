/**
 * The models folder: what is installed, what is on its way, what was just removed. Every change is one rename on one disk.
 * Separate because it alone knows where things lie.
 *
 *   models/<sha256>/model.gguf, model.json       installed
 *   models/incoming/<id>/record.json, part, chunks
 *   models/incoming/<id>/ready/                   becomes models/<sha256>
 *   models/removed/<sha256>/                      until the undo has passed
 */
import { chmod, mkdir, readdir, readFile, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSha256, type Sha256Hex } from '@b3iq/wire';
import { syncFolder, writeDurably } from '../../os/files.ts';
import { readModelHeader } from '../gate/read.ts';
import { INSTALL_ID, parseInstallRecord, parseModelRecord } from './parse.ts';
import { CHUNK_MAP, PART } from './part.ts';
import type { InstallRecord, ModelRecord } from './types.ts';

/** Open to the group, so that an engine of another user finds the file. */
const FOLDER_MODE = 0o750;
const RECORD = 'record.json';
const MODEL_RECORD = 'model.json';
const READY = 'ready';

export class ModelFolder {
  readonly #root: string;
  private constructor(root: string) {
    this.#root = root;
  }

  /** @param root  absolute; made when it is not there */
  static async open(root: string): Promise<ModelFolder> {
    for (const folder of [root, join(root, 'incoming'), join(root, 'removed')])
      await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    const folder = new ModelFolder(root);
    await folder.emptyRemoved();
    return folder;
  }

  incoming = (id: string): string => join(this.#root, 'incoming', id);
  fileOf = ({ sha256, format }: ModelRecord): string => join(this.#root, sha256, `model.${format}`);

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#root);
    return bavail * bsize;
  }

  async writeRecord(record: InstallRecord): Promise<void> {
    const folder = this.incoming(record.id);
    if ((await mkdir(folder, { recursive: true, mode: FOLDER_MODE })) !== undefined)
      await syncFolder(join(this.#root, 'incoming'));
    await writeDurably(join(folder, RECORD), JSON.stringify(record));
  }

  /** Every installation that is not over; folders without a record that can be read are left-overs and go. */
  async records(): Promise<readonly InstallRecord[]> {
    const found: InstallRecord[] = [];
    for (const id of await readdir(join(this.#root, 'incoming'))) {
      const text = await readFile(join(this.incoming(id), RECORD), 'utf8').catch(() => '');
      const record = parseInstallRecord(text);
      if (record?.id === id && INSTALL_ID.test(id)) found.push(record);
      else await this.forget(id);
    }
    return found.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  }

  async forget(id: string): Promise<void> {
    await rm(this.incoming(id), { recursive: true, force: true });
  }

  /** Gives back the room of what was fetched and keeps the record. */
  async dropPart(id: string): Promise<void> {
    for (const name of [READY, PART, CHUNK_MAP])
      await rm(join(this.incoming(id), name), { recursive: true, force: true });
  }

  /** Undoes the first half of `settle` when the power went in between. */
  async unsettle(id: string): Promise<void> {
    const ready = join(this.incoming(id), READY);
    const names = await readdir(ready).catch(() => []);
    const model = names.find((name) => name.startsWith('model.') && name !== MODEL_RECORD);
    if (model !== undefined) await rename(join(ready, model), join(this.incoming(id), PART));
    await rm(ready, { recursive: true, force: true });
  }

  /** Judges the whole file once more, then makes it a model by one rename. @throws model_file_refused */
  async settle(id: string, model: Omit<ModelRecord, 'sizeBytes' | 'format'>): Promise<void> {
    const from = this.incoming(id);
    const ready = join(from, READY);
    const header = await readModelHeader(join(from, PART));
    await mkdir(ready, { mode: FOLDER_MODE });
    await rename(join(from, PART), join(ready, `model.${header.kind}`));
    await writeDurably(
      join(ready, MODEL_RECORD),
      JSON.stringify({ ...model, sizeBytes: header.fileBytes, format: header.kind }),
    );
    await chmod(ready, FOLDER_MODE); // the agent's own umask leaves the group out
    await syncFolder(ready);
    const to = join(this.#root, model.sha256);
    await rm(to, { recursive: true, force: true }); // a folder without a record that can be read
    await rename(ready, to);
    await syncFolder(this.#root);
    await this.forget(id);
  }

  /** Models whose record can be read; the files themselves are judged where they are used. */
  async installed(): Promise<readonly ModelRecord[]> {
    const found: ModelRecord[] = [];
    for (const name of await readdir(this.#root)) {
      if (parseSha256(name) === undefined) continue;
      const text = await readFile(join(this.#root, name, MODEL_RECORD), 'utf8').catch(() => '');
      const record = parseModelRecord(text);
      if (record?.sha256 === name) found.push(record);
    }
    return found.sort((a, b) => (a.label < b.label ? -1 : 1));
  }

  async remove(sha256: Sha256Hex): Promise<void> {
    const to = join(this.#root, 'removed', sha256);
    await rm(to, { recursive: true, force: true });
    await rename(join(this.#root, sha256), to);
    await syncFolder(this.#root);
  }

  /** @returns false when there is nothing to bring back */
  async restore(sha256: Sha256Hex): Promise<boolean> {
    try {
      await rename(join(this.#root, 'removed', sha256), join(this.#root, sha256));
    } catch {
      return false; // its time has passed
    }
    await syncFolder(this.#root);
    return true;
  }

  async emptyRemoved(sha256?: Sha256Hex): Promise<void> {
    const names = sha256 === undefined ? await readdir(join(this.#root, 'removed')) : [sha256];
    for (const name of names) await rm(join(this.#root, 'removed', name), { recursive: true, force: true });
  }
}
