/** Text inside XML elements, for property lists and task definitions. Separate because both need the same five escapes. */

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** @param text  without control characters, which XML 1.0 cannot carry    @see XML 1.0 §2.4 */
export const escapeXml = (text: string): string => text.replaceAll(/[&<>"']/g, (c) => ESCAPES[c] ?? c);
