/**
 * Small texts people type — durations, counts, keys, setup links — into values. Pure, so that every odd spelling
 * can be tried in a millisecond. Each gives `undefined` for what it does not understand.
 */

const SECOND = 1000;
const UNIT_MS: Readonly<Record<string, number>> = {
  s: SECOND,
  m: 60 * SECOND,
  h: 3600 * SECOND,
  d: 86_400 * SECOND,
  w: 7 * 86_400 * SECOND,
};
/** Ten years: longer is a typing mistake, and a key for ever is made by leaving the option out. */
const LONGEST_MS = 3653 * 86_400 * SECOND;

/** `30d`, `12h`, `1d12h`, `2w` → ms, 1 s to 10 years. Units s m h d w, each once, largest first. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d{1,9}w)?(\d{1,9}d)?(\d{1,9}h)?(\d{1,9}m)?(\d{1,9}s)?$/.test(text)) return undefined;
  let ms = 0;
  for (const [, digits = '0', unit = ''] of text.matchAll(/(\d+)([wdhms])/g))
    ms += Number(digits) * (UNIT_MS[unit] ?? 0);
  return ms >= SECOND && ms <= LONGEST_MS ? ms : undefined;
}

/** `600`, `1_000`, `50k`, `2M` → a whole number from 1 to 2^53 - 1. */
export function parseCount(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,3}(?:_\d{3})+|\d{1,16})([kM]?)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const count = Number(digits.replaceAll('_', '')) * (unit === 'k' ? 1000 : unit === 'M' ? 1_000_000 : 1);
  return Number.isSafeInteger(count) && count >= 1 ? count : undefined;
}

/** 64 hex digits in either case, a 32-byte public key, → lower case. */
export function parsePublicKey(text: string): string | undefined {
  const hex = text.trim().toLowerCase();
  return /^[0-9a-f]{64}$/.test(hex) ? hex : undefined;
}

/** The setup token in a printed link (`…/setup/#token=…`), or the text itself when it is no link. */
export function parseSetupToken(text: string): string {
  const trimmed = text.trim();
  return /^https?:\/\/\S*#(?:\S*&)?token=([^&\s]+)/.exec(trimmed)?.[1] ?? trimmed;
}

/** Secrets files and pipes usually end in one newline that is not part of the secret; only that one goes. */
export function stripOneNewline(text: string): string {
  return text.endsWith('\r\n') ? text.slice(0, -2) : text.endsWith('\n') ? text.slice(0, -1) : text;
}

/** Base of the public API from an address with or without `/v1` and trailing slashes; http and https only. */
export function parseEndpoint(text: string): string | undefined {
  const [, origin, path = ''] = /^(https?:\/\/[^\s/?#@]+)(\/[^\s?#]*)?$/i.exec(text.trim()) ?? [];
  if (origin === undefined) return undefined;
  const base = path.replace(/\/+$/, '');
  return `${origin}${base.endsWith('/v1') ? base : `${base}/v1`}`;
}

/** The known word nearest to `word` within two slips of the finger, for `did you mean`. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of known) {
    const distance = editDistance(word.slice(0, 40), candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
