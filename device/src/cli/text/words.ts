/**
 * Numbers, times and names as a person reads them in a terminal. Pure; takes the time as an argument.
 * Everything that came from outside passes `printable` before it reaches a terminal.
 */

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** 1234567 → `1,234,567`. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

/** How long ago, or how far ahead: `just now`, `3 min ago`, `in 5 days`; the date beyond 60 days.
 *  @param at  RFC 3339; anything else comes back made printable   @param nowMs  Unix ms */
export function relativeTime(at: string, nowMs: number): string {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return printable(at);
  const seconds = Math.round((nowMs - ms) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 5) return 'just now';
  if (distance > 60 * DAY) return new Date(ms).toISOString().slice(0, 10);
  const words = span(distance);
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

/** `45 s`, `3 min`, `7 h`, `12 days`. @param seconds  ≥ 0 */
export function span(seconds: number): string {
  if (seconds < MINUTE) return `${Math.floor(seconds)} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)} h`;
  return `${Math.floor(seconds / DAY)} days`;
}

/** 17_179_869_184 → `16.0 GiB`. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}

/** 830 → `830 ms`, 12_345 → `12.3 s`. */
export function milliseconds(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${grouped(Math.round(value / 100) / 10)} s`;
}

/** `1 key`, `3 keys`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/**
 * Text from outside, safe to show: control characters, escape sequences' ESC, and the marks that reorder or hide
 * text are dropped; line ends become spaces unless `lines` keeps `\n` and `\t`.
 * @see Unicode TR36 §2.5, "Trojan Source" (CVE-2021-42574)
 */
export function printable(text: string, lines = false): string {
  const kept = lines ? text : text.replaceAll(/\s+/g, ' ');
  return kept.replaceAll(
    /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu,
    (c) => (lines && (c === '\n' || c === '\t') ? c : ''),
  );
}

/** At most `max` characters, the last one `…` when something was cut. */
export function clipped(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}

/** Characters of an id that are enough for a person, `key_` included. */
export const SHORT_ID = 12;

/** The shortest beginnings, at least `least` long, that still tell these ids apart; for typing, so no `…`. */
export function shortIds(ids: readonly string[], least = SHORT_ID): ReadonlyMap<string, string> {
  for (let length = least; length < 64; length++) {
    const heads = new Set(ids.map((id) => id.slice(0, length)));
    if (heads.size === new Set(ids).size) return new Map(ids.map((id) => [id, id.slice(0, length)]));
  }
  return new Map(ids.map((id) => [id, id]));
}

/** `rcpt_01JD7Q…` → `rcpt_…7F3KQ2`: the end of a time-ordered id is the part that differs. */
export function idTail(id: string): string {
  const [, head, rest = ''] = /^([a-z]+_)(.*)$/.exec(id) ?? [];
  return head === undefined || rest.length <= 8 ? id : `${head}…${rest.slice(-6)}`;
}
