/** Which models give way to another, within one memory and so many engines. Pure; separate so that every case can be tried
 *  without loading one. */

/** What a loaded model takes, or what there is for all of them. */
export interface Room {
  /** Weights, context and room to compute, as `models/fit.ts` calculates them. */
  readonly bytes: number;
  /** Engines of a common stock, of which an appliance has few; a model with an engine of its own takes none. */
  readonly engines: number;
}

/** A model that is loaded, or being loaded. */
export interface Resident extends Room {
  readonly id: string;
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

/** Makes room for `needed`, by those that were used least recently, and by no more of them than it takes. */
export function planLoad(needed: Room, residents: readonly Resident[], all: Room): LoadPlan {
  if (!holds(all, needed)) return { kind: 'too-large' };
  let free = residents.reduce(less, all);
  const idle = residents.filter(({ users }) => users === 0).toSorted((a, b) => a.lastUsedMs - b.lastUsedMs);
  const going: Resident[] = [];
  for (const each of idle) {
    if (holds(free, needed)) break;
    going.push(each);
    free = more(free, each);
  }
  if (!holds(free, needed)) return { kind: 'wait' };
  // A large one at the end may have made an earlier, smaller one's leaving needless: the later used stay first.
  const unload: string[] = [];
  for (const each of going.toReversed()) {
    const without = less(free, each);
    if (holds(without, needed)) free = without;
    else unload.push(each.id);
  }
  return { kind: 'load', unload: unload.toReversed() };
}

const holds = (room: Room, needed: Room): boolean =>
  room.bytes >= needed.bytes && room.engines >= needed.engines;
const more = (a: Room, b: Room): Room => ({ bytes: a.bytes + b.bytes, engines: a.engines + b.engines });
const less = (a: Room, b: Room): Room => ({ bytes: a.bytes - b.bytes, engines: a.engines - b.engines });
