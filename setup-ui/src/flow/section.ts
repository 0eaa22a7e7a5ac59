/** The dashboard's sections and their addresses (`#/keys`). Separate and pure: the address is what a reload keeps. */

export const SECTIONS = ['overview', 'playground', 'keys', 'receipts', 'settings'] as const;
export type Section = (typeof SECTIONS)[number];

/** Section named by a fragment; the overview for anything else. */
export function sectionOf(fragment: string): Section {
  const name = fragment.replace(/^#\/?/, '').split(/[/?]/)[0];
  return SECTIONS.find((section) => section === name) ?? 'overview';
}

/** Receipt id in a receipt page's fragment, `#rcpt_…`, or undefined. */
export function receiptIn(fragment: string): string | undefined {
  return /^#(rcpt_[0-9A-Za-z]{1,40})$/.exec(fragment)?.[1];
}
