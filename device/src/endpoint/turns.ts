/**
 * Whose turn it is: lines of waiting tickets by caller, callers in turn, and three priorities of callers.
 * Separate from admission, which counts slots and places, and pure: turns are counted, not timed, so nobody gains by a
 * clock. A lower priority waits while a higher one does, but never for longer than its patience: then it has one turn.
 */
import { KEY_PRIORITIES, type KeyPriority } from '@b3iq/wire/local-api';

/**
 * Turns that may pass a priority by while somebody of it waits. With all three waiting all the time, of 85 turns about
 * 64 are the first's, 16 the normal's, 5 the background's. The first is never passed by for longer than one such turn.
 */
const PATIENCE: Readonly<Record<KeyPriority, number>> = { first: 1, normal: 4, background: 16 };

export interface Waiting<Ticket> {
  readonly caller: string;
  readonly priority: KeyPriority;
  readonly ticket: Ticket;
}

/** Lines by caller, in the order of turns; how many turns have passed them all by. */
interface Class<Ticket> {
  readonly lines: Map<string, Ticket[]>;
  passedBy: number;
}

export class Turns<Ticket> {
  readonly #classes: Readonly<Record<KeyPriority, Class<Ticket>>> = {
    first: { lines: new Map(), passedBy: 0 },
    normal: { lines: new Map(), passedBy: 0 },
    background: { lines: new Map(), passedBy: 0 },
  };
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** To the end of its caller's line. */
  add({ caller, priority, ticket }: Waiting<Ticket>): void {
    const { lines } = this.#classes[priority];
    const line = lines.get(caller);
    if (line === undefined) lines.set(caller, [ticket]);
    else line.push(ticket);
    this.#size += 1;
  }

  /** The ticket whose turn it is, out of its line; undefined when nobody waits. */
  take(): Ticket | undefined {
    const priority = turnOf(this.#counts());
    if (priority === undefined) return undefined;
    const chosen = this.#classes[priority];
    const [caller, line] = chosen.lines.entries().next().value ?? ['', []];
    const ticket = line.shift();
    // To the end of the turns, or out of them.
    chosen.lines.delete(caller);
    if (line.length > 0) chosen.lines.set(caller, line);
    this.#size -= 1;
    for (const [each, passedBy] of Object.entries(passed(this.#counts(), priority)))
      this.#classes[each as KeyPriority].passedBy = passedBy; // the keys are the three
    return ticket;
  }

  /** @returns false when it was not waiting */
  remove({ caller, priority, ticket }: Waiting<Ticket>): boolean {
    const { lines } = this.#classes[priority];
    const line = lines.get(caller);
    const at = line?.indexOf(ticket) ?? -1;
    if (line === undefined || at === -1) return false;
    line.splice(at, 1);
    this.#left(priority, caller, line);
    return true;
  }

  /** How many turns until this ticket's, 1 is next, if nobody else comes; undefined when it does not wait. */
  placeOf({ caller, priority, ticket }: Waiting<Ticket>): number | undefined {
    const ahead = this.#classes[priority].lines.get(caller)?.indexOf(ticket) ?? -1;
    if (ahead === -1) return undefined;
    const own = placeAmong(this.#classes[priority].lines, caller, ahead);
    // The turns of its priority up to its own, among those of the others.
    let counts = this.#counts();
    let left = own;
    for (let place = 1; ; place += 1) {
      const turn = turnOf(counts);
      if (turn === undefined) return undefined; // cannot be: it waits itself
      if (turn === priority) left -= 1;
      if (left === 0) return place;
      counts = afterTurn(counts, turn);
    }
  }

  /**
   * Takes the newest place of somebody's line for a newcomer when all places are taken. Of lower priorities, the lowest
   * first, each line gives all but its last place; of its own and higher ones only a line that stays no shorter than the
   * newcomer's. So a higher priority gets in, and nobody loses the one place that makes a turn come.
   */
  pushOut({ caller, priority }: Pick<Waiting<Ticket>, 'caller' | 'priority'>): Ticket | undefined {
    const rank = KEY_PRIORITIES.indexOf(priority);
    const own = this.#classes[priority].lines.get(caller)?.length ?? 0;
    for (const each of [...KEY_PRIORITIES].reverse()) {
      if (KEY_PRIORITIES.indexOf(each) <= rank) break;
      const ticket = this.#popLongest([each], 1, caller);
      if (ticket !== undefined) return ticket;
    }
    return this.#popLongest(KEY_PRIORITIES.slice(0, rank + 1), own + 1, caller);
  }

  /** The newest ticket of the longest line that is longer than `least`. */
  #popLongest(priorities: readonly KeyPriority[], least: number, except: string): Ticket | undefined {
    let found:
      | { readonly line: Ticket[]; readonly caller: string; readonly priority: KeyPriority }
      | undefined;
    for (const priority of priorities)
      for (const [caller, line] of this.#classes[priority].lines)
        if (caller !== except && line.length > Math.max(least, found?.line.length ?? 0))
          found = { line, caller, priority };
    const ticket = found?.line.pop();
    if (found !== undefined) this.#left(found.priority, found.caller, found.line);
    return ticket;
  }

  #left(priority: KeyPriority, caller: string, line: readonly Ticket[]): void {
    const chosen = this.#classes[priority];
    if (line.length === 0) chosen.lines.delete(caller);
    if (chosen.lines.size === 0) chosen.passedBy = 0;
    this.#size -= 1;
  }

  #counts(): Counts {
    const count = ({ lines, passedBy }: Class<Ticket>) => {
      let waiting = 0;
      for (const line of lines.values()) waiting += line.length;
      return { waiting, passedBy };
    };
    const { first, normal, background } = this.#classes;
    return { first: count(first), normal: count(normal), background: count(background) };
  }
}

type Counts = Readonly<Record<KeyPriority, { readonly waiting: number; readonly passedBy: number }>>;

/** The priority whose turn it is: one that has lost its patience, the higher of two; else the highest that waits. */
export function turnOf(counts: Counts): KeyPriority | undefined {
  const waiting = KEY_PRIORITIES.filter((each) => counts[each].waiting > 0);
  return waiting.find((each) => counts[each].passedBy >= PATIENCE[each]) ?? waiting[0];
}

/** How often each has been passed by, once `turn` had its turn; nobody waiting is nobody passed by. */
function passed(counts: Counts, turn: KeyPriority): Readonly<Record<KeyPriority, number>> {
  const of = (each: KeyPriority) =>
    each === turn || counts[each].waiting === 0 ? 0 : counts[each].passedBy + 1;
  return { first: of('first'), normal: of('normal'), background: of('background') };
}

function afterTurn(counts: Counts, turn: KeyPriority): Counts {
  const taken = { ...counts, [turn]: { ...counts[turn], waiting: counts[turn].waiting - 1 } };
  const passedBy = passed(taken, turn);
  const of = (each: KeyPriority) => ({ waiting: taken[each].waiting, passedBy: passedBy[each] });
  return { first: of('first'), normal: of('normal'), background: of('background') };
}

/** Place among lines that take turns. @param ahead  how many of its own line come before it */
function placeAmong(lines: ReadonlyMap<string, readonly unknown[]>, caller: string, ahead: number): number {
  let place = 1;
  let before = true;
  for (const [each, line] of lines)
    if (each === caller) {
      before = false;
      place += ahead;
    } else place += Math.min(line.length, ahead + (before ? 1 : 0));
  return place;
}
