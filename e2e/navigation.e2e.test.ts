/** The navigation of the owner's pages, on the preview's fake machine: where the speed test is, and warnings that stand. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Browser, expectAccessible, openBrowser, picture, type Size } from './support/browser.ts';
import { type PreviewMachine, startPreview } from './support/preview.ts';
import { text } from './support/wizard.ts';

let preview: PreviewMachine;
let browser: Browser;
beforeEach(async () => {
  preview = await startPreview();
});
afterEach(async () => {
  await browser.close();
  await preview.close();
});

const warning = {
  kind: 'disk-filling',
  severity: 'warning',
  title: 'The disk is filling.',
  meaning: 'It is full in three days at this rate.',
  action: 'Remove a model that is not used.',
  raised_at: '2026-11-22T10:00:00.000Z',
  gone_at: null,
  times: 1,
} as const;

test.each<Size>(['phone', 'desktop'])(
  'speed test and open warnings are found from anywhere: %s',
  async (size) => {
    const { machine } = preview;
    machine.claimed('done');
    machine.alerts = [
      { ...warning, id: 'disk-filling:1' },
      { ...warning, id: 'disk-filling:2' },
      { ...warning, id: 'disk-filling:3', gone_at: '2026-11-22T11:00:00.000Z' },
    ];
    browser = await openBrowser({ size, scheme: size === 'phone' ? 'dark' : 'light' });
    const { page } = browser;
    await page.goto(preview.lanUrl);
    const nav = page.getByRole('navigation', { name: text.dash.nav });
    const entry = (name: string) => nav.getByRole('link', { name, exact: true });
    const [holder, section] =
      size === 'phone' ? [text.dash.more, page.locator('main')] : [text.dash.health, nav];

    await entry(`${holder} 2 open warnings`).waitFor();
    expect(await nav.getByText('2', { exact: true }).count()).toBe(1);
    await expectAccessible(page, 'open warnings');
    await picture(page, `navigation-${size}`);

    if (size === 'phone') await entry(`${holder} 2 open warnings`).click();
    await section.getByRole('link', { name: text.dash.benchmark }).click();
    await page.getByRole('heading', { name: text.benchmark.heading, level: 1 }).waitFor();
    const here = size === 'phone' ? `${holder} 2 open warnings` : text.dash.benchmark;
    expect(await entry(here).getAttribute('aria-current')).toBe('page');
    expect(await page.title()).toContain(text.dash.benchmark);

    machine.alerts = machine.alerts.slice(1, 2);
    await entry(`${holder} 1 open warning`).waitFor();
    machine.alerts = [];
    await entry(holder).waitFor();
    expect(await nav.getByText('1', { exact: true }).count()).toBe(0);
    await expectAccessible(page, 'no warning');
  },
);
