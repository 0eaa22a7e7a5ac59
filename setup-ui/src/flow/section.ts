/** The owner's sections, on which page each stands and its address (`/#/keys`). Separate and pure: a reload keeps the address. */
import type { StatusAnswer } from '@b3iq/wire/local-api';

export const SECTIONS = [
  'overview',
  'playground',
  'keys',
  'receipts',
  'network',
  'updates',
  'machine',
  'settings',
  'more',
] as const;
export type Section = (typeof SECTIONS)[number];

/** What only an appliance has stands on a page of its own, so that a Host's dashboard carries none of it. */
const MACHINE_PAGE: readonly Section[] = ['network', 'updates', 'machine', 'more'];

/** Section named by a fragment on one of the owner's two pages; that page's first for anything else. */
export function sectionOf(fragment: string, page: 'dashboard' | 'machine'): Section {
  const name = fragment.replace(/^#\/?/, '').split(/[/?]/)[0];
  const here = SECTIONS.filter((section) => MACHINE_PAGE.includes(section) === (page === 'machine'));
  return here.find((section) => section === name) ?? (page === 'machine' ? 'network' : 'overview');
}

/** Address of a section; within its own page it is only another fragment. */
export function pathOfSection(section: Section): string {
  return `${MACHINE_PAGE.includes(section) ? '/machine/' : '/'}#/${section}`;
}

/** Sections beside the content on a wide screen. */
export function sectionsFor(kind: StatusAnswer['kind']): readonly Section[] {
  return SECTIONS.filter(
    (section) => section !== 'more' && (kind === 'appliance' || !MACHINE_PAGE.includes(section)),
  );
}

/** Five fit below the thumb: on an appliance the last one leads to the rest. */
export function tabsFor(kind: StatusAnswer['kind']): readonly Section[] {
  const all = sectionsFor(kind);
  return all.length <= 5 ? all : [...all.slice(0, 4), 'more'];
}

/** The tab under which a section is found. */
export function tabOf(section: Section, kind: StatusAnswer['kind']): Section {
  return tabsFor(kind).includes(section) ? section : 'more';
}

/** Receipt id in a receipt page's fragment, `#rcpt_…`, or undefined. */
export function receiptIn(fragment: string): string | undefined {
  return /^#(rcpt_[0-9A-Za-z]{1,40})$/.exec(fragment)?.[1];
}
