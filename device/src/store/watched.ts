/** A store that tells when it was changed. Separate so that neither stores nor features need to know who cares. */
import type { Store } from './port.ts';

/** `store` with `onWritten` called after each update that changed something and is on disk. */
export function watched<T>(store: Store<T>, onWritten: () => void): Store<T> {
  return {
    read: () => store.read(),
    async update(change) {
      const before = store.read();
      const after = await store.update(change);
      if (after !== before) onWritten();
      return after;
    },
  };
}
