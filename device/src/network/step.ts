/** What the machine can do about its network. Separate because deciding, doing and remembering all speak of it. */
import type { NetworkSlice, Profile } from './types.ts';

/** Everything the machine does about its network; each is one act of the radio or of the disk. */
export type Step =
  | { readonly kind: 'look' }
  | { readonly kind: 'listen' }
  | { readonly kind: 'open-hotspot'; readonly subnet: string }
  | { readonly kind: 'close-hotspot' }
  | { readonly kind: 'record'; readonly slice: NetworkSlice }
  | { readonly kind: 'connect'; readonly profile: Profile }
  | { readonly kind: 'probe' }
  | { readonly kind: 'keep'; readonly id: string }
  | { readonly kind: 'forget'; readonly ids: readonly string[] }
  | { readonly kind: 'reconnect'; readonly id: string }
  /** Nothing until something happens, or until this moment. */
  | { readonly kind: 'rest'; readonly untilMs: number };
