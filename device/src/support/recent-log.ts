/**
 * The last lines of the log, kept in memory as far as they may leave the machine.
 * Separate from the log, which goes to the owner's own disk. What is kept is a list, not a filter: the event, numbers,
 * yes and no, and the few words below. A sentence may hold a path or a name, so no sentence is kept.
 */
import type { Clock } from '../os/clock.ts';
import type { LOG_LEVELS, Log, LogFields, LogLevel } from '../os/log.ts';

/** A few days of a quiet machine, the last hour of a troubled one; about 100 kB. */
const MAX_LINES = 500;

export interface RecentLine {
  readonly at: string;
  readonly level: LogLevel;
  readonly event: string;
  readonly [field: string]: string | number | boolean;
}

/** Fields whose words are ours, each with what it may say. */
const WORDS: Readonly<Record<string, RegExp>> = {
  code: /^[a-z][a-z_]{1,40}$/,
  state: /^[a-z][a-z-]{1,40}$/,
  from: /^[a-z][a-z-]{1,40}$/,
  to: /^[a-z][a-z-]{1,40}$/,
  severity: /^(?:warning|critical)$/,
  signal: /^SIG[A-Z0-9]{2,10}$/,
  version: /^\d{1,5}(?:\.\d{1,5}){0,2}$/,
};
const EVENT = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+$/;
const OWN_FIELDS = new Set(['at', 'level', 'event']);
const NUMBER_FIELD = /^[a-z]{1,20}(?:_[a-z]{1,20}){0,4}$/;

/** A log that passes every line on and remembers what may leave. */
export class RecentLog implements Log {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #lines: RecentLine[] = [];

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Oldest first. */
  lines(): readonly RecentLine[] {
    return [...this.#lines];
  }

  debug(event: string, fields?: LogFields): void {
    this.#log.debug(event, fields);
  }
  info(event: string, fields?: LogFields): void {
    this.#keep('info', event, fields);
  }
  warn(event: string, fields?: LogFields): void {
    this.#keep('warn', event, fields);
  }
  error(event: string, fields?: LogFields): void {
    this.#keep('error', event, fields);
  }

  #keep(level: Exclude<(typeof LOG_LEVELS)[number], 'debug'>, event: string, fields: LogFields = {}): void {
    this.#log[level](event, fields);
    if (!EVENT.test(event)) return;
    const at = new Date(this.#clock.now()).toISOString();
    this.#lines.push({ at, level, event, ...leavingFields(fields) });
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }
}

/** The fields that may leave, as they are. */
export function leavingFields(fields: LogFields): Readonly<Record<string, string | number | boolean>> {
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (OWN_FIELDS.has(name) || !NUMBER_FIELD.test(name)) continue;
    const isPlain = typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
    const isWord = typeof value === 'string' && Object.hasOwn(WORDS, name) && WORDS[name]?.test(value);
    if (isPlain || isWord) kept[name] = value;
  }
  return kept;
}
