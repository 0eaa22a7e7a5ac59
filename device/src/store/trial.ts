/**
 * Files in the form of the version before, while this one is on trial: going back must find settings it can read.
 * Separate from opening because it lasts: from the start until the version has proven itself, minutes later.
 */
import { join } from 'node:path';
import { CodedError } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import { writeDurably } from '../os/files.ts';
import type { Log } from '../os/log.ts';
import { fileWriter, type StorePaths, sha256Text } from './file-adapter.ts';
import { formatFile } from './parse.ts';
import { migrateBack } from './plan.ts';
import type { Store } from './port.ts';
import { serialStore } from './serial-store.ts';
import type { Format, Migration, Usable } from './types.ts';

/** A trial lasts as long as a start; whoever is refused may ask again after this. */
const RETRY_AFTER_S = 60;

export interface OlderForm<T> {
  /** Writes `value` in the older form. @throws update_on_trial when that form cannot say it */
  write(value: T): Promise<void>;
  /** Keeps the newest content in the older form as `<name>.v<N>.json`, before the first file in the new form. */
  backUp(): Promise<void>;
}

/** The older form of `file`, whose content `steps` have brought up to `value`. */
export function olderForm<T>(options: {
  readonly dir: string;
  readonly name: string;
  readonly format: Format<T>;
  readonly clock: Clock;
  readonly log: Log;
  readonly paths: StorePaths;
  readonly file: Extract<Usable<T>, { kind: 'older' }>;
  readonly value: T;
  readonly steps: readonly Migration[];
}): OlderForm<T> {
  const { dir, name, format, clock, log, paths, file, steps } = options;
  let newest = file.raw;
  const writeFile = fileWriter(paths, file, clock, log);
  return {
    async write(value) {
      // What was read is written as it was, also where there is no way back from what became of it.
      const back = value === options.value ? { raw: file.raw } : migrateBack(value, steps, format);
      if (back === undefined)
        throw new CodedError(
          'update_on_trial',
          'A new version of the system is being tried, and this change needs it for good. Nothing was changed.',
          { retryAfterS: RETRY_AFTER_S },
        );
      await writeFile(back.raw);
      newest = back.raw;
    },
    async backUp() {
      const text = formatFile(file.version, newest, file.savedAt, sha256Text);
      await writeDurably(join(dir, `${name}.v${file.version}.json`), text);
      log.info('store.migrated', { from: file.version, to: format.version });
    },
  };
}

/** A store that writes the older form until it is proven, then its own. */
export function onTrial<T>(
  value: T,
  older: OlderForm<T>,
  format: Format<T>,
  write: (value: T) => Promise<void>,
): { readonly store: Store<T>; prove(): Promise<void> } {
  let isProven = false;
  const store = serialStore(value, format, (next) => (isProven ? write(next) : older.write(next)));
  return {
    store,
    async prove() {
      if (isProven) return;
      try {
        await older.backUp();
      } catch (cause) {
        throw new CodedError('store_write_failed', undefined, { cause });
      }
      isProven = true;
      await store.update((now) => structuredClone(now)); // an equal value is written, too: its form is what changes
    },
  };
}
