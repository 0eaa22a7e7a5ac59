/** All settings of the machine, put together from each feature's own part. The one place that knows them all. */
import { z } from 'zod';
import { type ClaimSlice, claimSlice, noClaim } from '../claim/types.ts';
import { type EnginesSlice, enginesSlice } from '../engine/remote/types.ts';
import { type KeysSlice, keysSlice, withoutPriorities, withPriorities } from '../keys/types.ts';
import { type NetworkSlice, networkSlice, noNetwork } from '../network/types.ts';
import { type OriginsSlice, originsSlice } from '../origins/types.ts';
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import { defaultUpdateSettings, type UpdateSettings, updateSlice } from '../update/types.ts';
import { type OpenedStore, openStore } from './open.ts';
import type { Format } from './types.ts';

export interface Settings {
  readonly claim: ClaimSlice;
  readonly keys: KeysSlice;
  readonly network: NetworkSlice;
  readonly update: UpdateSettings;
  readonly origins: OriginsSlice;
  readonly engines: EnginesSlice;
}

/** What version 1 knew of networks; the rest of it is as today. */
const networkV1 = z.object({ intent: z.object({ ssid_hex: z.string(), hidden: z.boolean() }).nullable() });
const formV1 = z.looseObject({ network: networkV1 });
const formV2 = z.looseObject({ network: networkV1, update: z.unknown() });
const formV3 = z.looseObject({ origins: z.unknown(), engines: z.unknown() });

/** Each version after the first adds a row to `migrations` with a note. */
export const settingsFormat: Format<Settings> = {
  version: 4,
  schema: z.strictObject({
    claim: claimSlice,
    keys: keysSlice,
    network: networkSlice,
    update: updateSlice,
    origins: originsSlice,
    engines: enginesSlice,
  }),
  initial: {
    claim: noClaim,
    keys: [],
    network: noNetwork,
    update: defaultUpdateSettings,
    origins: [],
    engines: [],
  },
  migrations: [
    {
      from: 1,
      note: 'The owner’s wishes about updates came; joining a network became a record in two phases.',
      up: (settings) => ({ ...formV1.parse(settings), update: defaultUpdateSettings }),
      down: (settings) => {
        const { update: _, ...rest } = formV2.parse(settings);
        return rest;
      },
    },
    {
      from: 2,
      note: 'Pages of other sites that may call the machine came, and engines that somebody else runs, by URL.',
      up: (settings) => ({ ...z.looseObject({}).parse(settings), origins: [], engines: [] }),
      down: (settings) => {
        const { origins: _, engines: __, ...rest } = formV3.parse(settings);
        return rest;
      },
    },
    {
      from: 3,
      note: 'Keys have a priority.',
      up: withPriorities,
      down: withoutPriorities,
    },
  ],
};

/**
 * Opens `settings.json` in the state folder.
 * @param deps.onTrial  this version of the system has not proven itself; call `prove` when it has
 * @throws store_corrupt, store_newer, store_write_failed
 */
export function openSettings(
  dir: string,
  deps: { readonly clock: Clock; readonly log: Log; readonly onTrial?: boolean },
): Promise<OpenedStore<Settings>> {
  return openStore({ dir, name: 'settings', format: settingsFormat, ...deps });
}
