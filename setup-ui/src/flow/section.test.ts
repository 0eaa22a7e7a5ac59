import { describe, expect, it } from 'vitest';
import { pathOfSection, receiptIn, SECTIONS, sectionOf, sectionsFor, tabOf, tabsFor } from './section.ts';

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
  ] as const)('%s on the %s page is %s', (fragment, page, section) => {
    expect(sectionOf(fragment, page)).toBe(section);
  });
  it('lead back to their own section', () => {
    for (const section of SECTIONS) {
      const [path = '', fragment = ''] = pathOfSection(section).split('#');
      expect(sectionOf(`#${fragment}`, path === '/' ? 'dashboard' : 'machine')).toBe(section);
    }
  });
  it('name a receipt, and nothing that is none', () => {
    expect(receiptIn('#rcpt_01KAB3TQ5Z')).toBe('rcpt_01KAB3TQ5Z');
    for (const bad of ['', '#', '#rcpt_', '#rcpt_../x', '#key_1']) expect(receiptIn(bad)).toBeUndefined();
  });
});

describe('sections', () => {
  it('of a Host are five, and all of them tabs', () => {
    expect(sectionsFor('host')).toEqual(['overview', 'playground', 'keys', 'receipts', 'settings']);
    expect(tabsFor('host')).toEqual(sectionsFor('host'));
    expect(tabOf('settings', 'host')).toBe('settings');
  });
  it('of an appliance are more, and on a phone found under “More”', () => {
    expect(sectionsFor('appliance')).toHaveLength(8);
    expect(tabsFor('appliance')).toEqual(['overview', 'playground', 'keys', 'receipts', 'more']);
    expect(['keys', 'updates', 'settings'].map((each) => tabOf(each as 'keys', 'appliance'))).toEqual([
      'keys',
      'more',
      'more',
    ]); // the cast: a list of literals
  });
});
