/** All settings of the machine, put together from each feature's own part. The one place that knows them all. */
import { z } from 'zod';
import { type ClaimSlice, claimSlice, noClaim } from '../claim/types.ts';
import { type KeysSlice, keysSlice } from '../keys/types.ts';
import { type NetworkSlice, networkSlice } from '../network/types.ts';
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import { type OpenedStore, openStore } from './open.ts';
import type { Format } from './types.ts';

export interface Settings {
  readonly claim: ClaimSlice;
  readonly keys: KeysSlice;
  readonly network: NetworkSlice;
}

/** Version 1 is the first; each later one adds a row to `migrations` with a note. */
export const settingsFormat: Format<Settings> = {
  version: 1,
  schema: z.strictObject({ claim: claimSlice, keys: keysSlice, network: networkSlice }),
  initial: { claim: noClaim, keys: [], network: { intent: null } },
  migrations: [],
};

/**
 * Opens `settings.json` in the state folder.
 * @throws store_corrupt, store_newer, store_write_failed
 */
export function openSettings(
  dir: string,
  deps: { readonly clock: Clock; readonly log: Log },
): Promise<OpenedStore<Settings>> {
  return openStore({ dir, name: 'settings', format: settingsFormat, ...deps });
}
