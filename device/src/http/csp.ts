/**
 * The content policy of one self-contained page: only the scripts and styles that stand in it, by their hash.
 * Separate and pure but for the hash; a page's policy changes with the page and is never written by hand.
 */

/**
 * @param sha256  base64 SHA-256 of a UTF-8 text
 * @param others  origins beside its own that the page may ask, such as `http://b3iq-n7k4.local`
 */
export function pagePolicy(
  html: string,
  sha256: (text: string) => string,
  others: readonly string[] = [],
): string {
  const scripts = [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi)];
  const styles = [...html.matchAll(/<style\b[^>]*>([\s\S]*?)<\/style>/gi)];
  const hash = (text: string) => `'sha256-${sha256(text.replace(/\r\n?/g, '\n'))}'`;
  const inline = scripts.filter(([, attributes = '']) => !/\ssrc\s*=/i.test(attributes));
  const scriptHashes = inline.map(([, , text = '']) => hash(text));
  const styleHashes = styles.map(([, text = '']) => hash(text));
  const ownScripts = inline.length < scripts.length ? ["'self'"] : [];
  const ownStyles = /<link\b[^>]*\brel=["']?stylesheet/i.test(html) ? ["'self'"] : [];
  return [
    "default-src 'none'",
    `script-src ${[...ownScripts, ...new Set(scriptHashes)].join(' ') || "'none'"}`,
    `style-src ${[...ownStyles, ...new Set(styleHashes)].join(' ') || "'none'"}`,
    "img-src 'self' data:",
    "font-src 'self' data:",
    ["connect-src 'self'", ...others].join(' '),
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
