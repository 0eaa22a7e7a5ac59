/** The owner's sections, on which page each stands and its address (`/#/keys`). Separate and pure: a reload keeps the address. */
import type { StatusAnswer } from '@b3iq/wire/local-api';

export const SECTIONS = [
  'overview',
  'playground',
  'keys',
  'receipts',
  'models',
  'benchmark',
  'usage',
  'health',
  'network',
  'updates',
  'machine',
  'support',
  'settings',
  'more',
] as const;
export type Section = (typeof SECTIONS)[number];

/** The owner's pages: daily work, what only an appliance has, models, how fast they are, and what is looked up now and then. Each carries only its own. */
export type OwnersPage = 'dashboard' | 'machine' | 'insight' | 'models' | 'benchmark';
interface PageSections {
  readonly path: string;
  /** The first is shown for an address that names none. */
  readonly sections: readonly [Section, ...Section[]];
}
const PAGES: Readonly<Record<OwnersPage, PageSections>> = {
  dashboard: { path: '/', sections: ['overview', 'playground', 'keys', 'receipts'] },
  machine: { path: '/machine/', sections: ['network', 'updates', 'machine'] },
  models: { path: '/models/', sections: ['models'] },
  benchmark: { path: '/benchmark/', sections: ['benchmark'] },
  insight: { path: '/insight/', sections: ['usage', 'health', 'support', 'settings', 'more'] },
};

/** Section named by a fragment on one of the owner's pages; that page's first for anything else. */
export function sectionOf(fragment: string, page: OwnersPage): Section {
  const name = fragment.replace(/^#\/?/, '').split(/[/?]/)[0];
  const { sections } = PAGES[page];
  return sections.find((section) => section === name) ?? sections[0];
}

/** Address of a section; within its own page it is only another fragment. */
export function pathOfSection(section: Section): string {
  const page = Object.values(PAGES).find(({ sections }) => sections.includes(section)) ?? PAGES.dashboard;
  return `${page.path}#/${section}`;
}

/** Sections beside the content on a wide screen. */
export function sectionsFor(kind: StatusAnswer['kind']): readonly Section[] {
  return SECTIONS.filter(
    (section) => section !== 'more' && (kind === 'appliance' || !PAGES.machine.sections.includes(section)),
  );
}

/** Five fit below the thumb; the last one leads to the rest. */
export const TABS: readonly Section[] = ['overview', 'playground', 'keys', 'receipts', 'more'];

/** Sections that have no tab of their own. */
export function restFor(kind: StatusAnswer['kind']): readonly Section[] {
  return sectionsFor(kind).filter((section) => !TABS.includes(section));
}

/** The tab under which a section is found. */
export function tabOf(section: Section): Section {
  return TABS.includes(section) ? section : 'more';
}

/** Receipt id in a receipt page's fragment, `#rcpt_…`, or undefined. */
export function receiptIn(fragment: string): string | undefined {
  return /^#(rcpt_[0-9A-Za-z]{1,40})$/.exec(fragment)?.[1];
}
