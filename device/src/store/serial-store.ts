/**
 * The rules of `Store<T>` around any way of writing: one update after another, checked, frozen, all or nothing.
 * Separate from the file adapter so that the fake obeys the same rules by the same code.
 */
import { CodedError } from '../errors.ts';
import type { Store } from './port.ts';
import type { Format } from './types.ts';

/**
 * A store over `write`, which must resolve only when the value is durable.
 * An update that returns the very value it was given writes nothing.
 */
export function serialStore<T>(
  first: T,
  format: Pick<Format<T>, 'schema'>,
  write: (value: T) => Promise<void>,
): Store<T> {
  let value = freeze(first);
  let last: Promise<unknown> = Promise.resolve();
  const apply = async (change: (value: T) => T): Promise<T> => {
    const wanted = change(value);
    if (wanted === value) return value;
    const next = freeze(format.schema.parse(wanted)); // a value that could not be read back is never written
    try {
      await write(next);
    } catch (cause) {
      if (cause instanceof CodedError) throw cause; // a refusal, not a failing disk
      throw new CodedError('store_write_failed', undefined, { cause });
    }
    value = next;
    return value;
  };
  return {
    read: () => value,
    update(change) {
      const result = last.then(() => apply(change));
      last = result.catch(() => {}); // the caller gets the error; the next update starts from the unchanged value
      return result;
    },
  };
}

/** Freezes plain data all the way down, so that a reader cannot change what was not written. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}
