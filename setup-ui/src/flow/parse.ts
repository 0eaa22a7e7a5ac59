/** Turns what people type, paste or scan into what the machine expects. Pure; every input is taken as hostile. */

/** Setup token in a link's fragment (`#token=…`), or undefined. Bounded to 128 characters as the wire is. */
export function tokenFromFragment(fragment: string): string | undefined {
  const value = new URLSearchParams(fragment.replace(/^#/, '')).get('token')?.trim();
  return value === undefined || value === '' || value.length > 128 ? undefined : value;
}

/** Recovery code in a link's fragment (`#recovery=…`), or undefined. */
export function recoveryFromFragment(fragment: string): string | undefined {
  const value = new URLSearchParams(fragment.replace(/^#/, '')).get('recovery')?.trim();
  return value === undefined || value === '' || value.length > 64 ? undefined : value;
}

/** The token in a pasted token or whole setup link; undefined when there is none. */
export function parseToken(pasted: string): string | undefined {
  const text = pasted.trim();
  const hash = text.indexOf('#');
  if (hash >= 0) return tokenFromFragment(text.slice(hash));
  return /^[\w.~-]{8,128}$/.test(text) ? text : undefined;
}

/**
 * The label's 8 Crockford base32 characters, or undefined. Case, spaces and dashes do not matter; O, I and L are
 * read as the digits they are mistaken for.
 * @see https://www.crockford.com/base32.html
 */
export function parseLabel(typed: string): string | undefined {
  const code = bareCode(typed);
  return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(code) ? code : undefined;
}

/** How the label field shows what was typed so far: upper case, a dash after four. */
export function formatLabel(typed: string): string {
  const code = typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .slice(0, 8);
  return code.length > 4 ? `${code.slice(0, 4)}-${code.slice(4)}` : code;
}

function bareCode(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[\s\-–—_.]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
}

/** A network's name as the wire's hex of its UTF-8 bytes; undefined when empty or longer than 32 bytes. */
export function ssidToHex(name: string): string | undefined {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length === 0 || bytes.length > 32) return undefined;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * A name from outside, fit to be shown as text: invisible and direction-changing characters become U+FFFD and the
 * length is bounded, so that a hostile name can neither hide nor push the page around.
 */
export function tameName(name: string, max = 40): string {
  const letters = Array.from(name.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, '\uFFFD'));
  return letters.length > max ? `${letters.slice(0, max - 1).join('')}…` : letters.join('');
}

/** As `tameName`, for text of several lines. */
export function tameText(text: string, max: number): string {
  const lines = text.split(/\r?\n/).map((line) => tameName(line, max));
  const whole = lines.join('\n').trim();
  return whole.length > max ? `${whole.slice(0, max - 1)}…` : whole;
}

/** A limit typed by the owner: empty is none, else a whole number 1–`max`; undefined when it is neither. */
export function parseLimit(typed: string, max: number): number | null | undefined {
  const text = typed.replace(/[\s,_'’]/g, '');
  if (text === '') return null;
  const value = /^\d{1,12}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= max ? value : undefined;
}

/** A name for an owner or a key as the wire takes it, or undefined. */
export function parseName(typed: string): string | undefined {
  const name = typed.trim();
  return name.length >= 1 && name.length <= 64 && !/[\p{Cc}\p{Cf}]/u.test(name) ? name : undefined;
}
