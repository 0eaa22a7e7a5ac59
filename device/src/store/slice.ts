/** A feature's own part of the settings. Separate so that no feature can read or change another's. */
import type { Store } from './port.ts';

/** The part `key` of `store` as a store of its own; updates still run in one line with all others. */
export function slice<T extends object, K extends keyof T>(store: Store<T>, key: K): Store<T[K]> {
  return {
    read: () => store.read()[key],
    async update(change) {
      const all = await store.update((value) => {
        const next = change(value[key]);
        return next === value[key] ? value : { ...value, [key]: next };
      });
      return all[key];
    },
  };
}
