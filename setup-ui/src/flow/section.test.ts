import { describe, expect, it } from 'vitest';
import {
  pathOfSection,
  receiptIn,
  restFor,
  SECTIONS,
  sectionOf,
  sectionsFor,
  TABS,
  tabOf,
} from './section.ts';

describe('addresses', () => {
  it.each([
    ['#/keys', 'dashboard', 'keys'],
    ['#keys', 'dashboard', 'keys'],
    ['#/receipts/x', 'dashboard', 'receipts'],
    ['#/nowhere', 'dashboard', 'overview'],
    ['', 'dashboard', 'overview'],
    ['#/updates', 'dashboard', 'overview'],
    ['#/updates', 'machine', 'updates'],
    ['#/keys', 'machine', 'network'],
    ['', 'machine', 'network'],
    ['#/more', 'insight', 'more'],
    ['#/settings', 'insight', 'settings'],
    ['', 'insight', 'usage'],
  ] as const)('%s on the %s page is %s', (fragment, page, section) => {
    expect(sectionOf(fragment, page)).toBe(section);
  });
  it('lead back to their own section', () => {
    const pages = {
      '/': 'dashboard',
      '/machine/': 'machine',
      '/insight/': 'insight',
      '/models/': 'models',
      '/benchmark/': 'benchmark',
    } as const;
    for (const section of SECTIONS) {
      const [path = '', fragment = ''] = pathOfSection(section).split('#');
      const page = Object.entries(pages).find(([each]) => each === path)?.[1];
      expect(page && sectionOf(`#${fragment}`, page)).toBe(section);
    }
  });
  it('name a receipt, and nothing that is none', () => {
    expect(receiptIn('#rcpt_01KAB3TQ5Z')).toBe('rcpt_01KAB3TQ5Z');
    for (const bad of ['', '#', '#rcpt_', '#rcpt_../x', '#key_1']) expect(receiptIn(bad)).toBeUndefined();
  });
});

describe('sections', () => {
  it('of a Host hold nothing that only an appliance has', () => {
    expect(sectionsFor('host')).not.toContain('network');
    expect(sectionsFor('appliance')).toEqual(SECTIONS.filter((section) => section !== 'more'));
  });
  it('are each a tab or found under “More”', () => {
    expect(TABS).toHaveLength(5);
    for (const kind of ['host', 'appliance'] as const) {
      const rest = restFor(kind);
      for (const section of sectionsFor(kind)) {
        expect(tabOf(section)).toBe(rest.includes(section) ? 'more' : section);
        expect(TABS.includes(section) !== rest.includes(section)).toBe(true);
      }
    }
  });
});
