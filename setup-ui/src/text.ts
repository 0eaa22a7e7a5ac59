/** Puts values into the sentences of `strings/en.json`. Separate so that no island joins words by hand. */
import { units } from './strings/en.json';

/** Replaces every `{name}` in `sentence`; a name with no value stays visible, which a review then finds. Pure. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The sentence for one or for many, `{count}` filled in with digits grouped. Pure. */
export function plural(count: number, one: string, other: string): string {
  return fill(count === 1 ? one : other, { count: formatNumber(count) });
}

/** Whole numbers with thousands grouped, as English groups them: `1,284`. */
export function formatNumber(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** `84.2`; from 100 on without decimals. Tokens per second. */
export function formatSpeed(tokensPerSecond: number): string {
  return tokensPerSecond >= 100 ? formatNumber(tokensPerSecond) : tokensPerSecond.toFixed(1);
}

/** Bytes as people buy them, in binary steps: `2.2 MB`, `15.6 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Bytes in decimal steps, as models and what they need are told: `4.9 GB`, `120 MB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  if (bytes < 1e9) return `${bytes < 1e8 ? (bytes / 1e6).toFixed(1) : Math.round(bytes / 1e6)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** A length of time in its one or two largest units: `0.2 s`, `40 s`, `3 min`, `2 h 5 min`, `4 days`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** A count-down as a clock face, `m:ss`, rounded up so that it never reads 0:00 too early. */
export function formatCountdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Whole units for “… ago”: `5 s`, `12 min`, `3 h`, `9 days`. */
export function formatAge(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 48 * 3600) return `${Math.floor(s / 3600)} h`;
  return `${Math.floor(s / 86_400)} days`;
}

/** A length of time in one whole unit, in words: `40 seconds`, `1 minute`, `3 hours`, `9 days`. */
export function spanOf(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return plural(s, units.second_one, units.second_other);
  if (s < 3600) return plural(Math.floor(s / 60), units.minute_one, units.minute_other);
  if (s < 48 * 3600) return plural(Math.floor(s / 3600), units.hour_one, units.hour_other);
  return plural(Math.floor(s / 86_400), units.day_one, units.day_other);
}

/** A year: an age beyond it says that a clock is wrong rather than that something is old. */
const PLAUSIBLE_S = 366 * 86_400;

/** Whole seconds since an RFC 3339 time, or undefined when one of the two clocks cannot be right. @param nowMs  Unix ms */
export function ageOf(at: string, nowMs: number): number | undefined {
  const s = Math.round((nowMs - Date.parse(at)) / 1000);
  return s >= -60 && s < PLAUSIBLE_S ? Math.max(0, s) : undefined;
}

/** A day as people write it: `30 Nov 2031`; the text itself when it is no date. @param at  RFC 3339, or `2031-11-30` */
export function formatDay(at: string): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return at;
  return new Date(time).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}
