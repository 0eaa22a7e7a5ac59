/** Which models give way to another, within one memory. Pure; separate so that every case can be tried without loading one. */

/** A model that is loaded, or being loaded. */
export interface Resident {
  readonly id: string;
  /** Weights, context and room to compute, as `models/fit.ts` calculates them. */
  readonly bytes: number;
  /** Calls that need it now. */
  readonly users: number;
  /** Monotonic ms. */
  readonly lastUsedMs: number;
}

export type LoadPlan =
  /** Load it once these are unloaded. */
  | { readonly kind: 'load'; readonly unload: readonly string[] }
  /** Models in use leave no room; ask again when one of them is done. */
  | { readonly kind: 'wait' }
  /** It would not fit into an empty memory. */
  | { readonly kind: 'too-large' };

/** Makes room for `bytes`, by those that were used least recently, and by no more of them than it takes. */
export function planLoad(bytes: number, residents: readonly Resident[], budgetBytes: number): LoadPlan {
  if (bytes > budgetBytes) return { kind: 'too-large' };
  let free = budgetBytes - residents.reduce((sum, each) => sum + each.bytes, 0);
  const idle = residents.filter(({ users }) => users === 0).toSorted((a, b) => a.lastUsedMs - b.lastUsedMs);
  const going: Resident[] = [];
  for (const each of idle) {
    if (free >= bytes) break;
    going.push(each);
    free += each.bytes;
  }
  if (free < bytes) return { kind: 'wait' };
  // A large one at the end may have made an earlier, smaller one's leaving needless: the later used stay first.
  const unload: string[] = [];
  for (const each of going.toReversed()) {
    if (free - each.bytes >= bytes) free -= each.bytes;
    else unload.push(each.id);
  }
  return { kind: 'load', unload: unload.toReversed() };
}
