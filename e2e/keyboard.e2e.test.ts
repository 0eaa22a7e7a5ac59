/** The whole wizard without a pointer: Tab, Space, Enter and typing only. */

import { waitFor } from '@b3iq/device/src/os/wait-for.ts';
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';
import { type Browser, openBrowser } from './support/browser.ts';
import { OWNER, text } from './support/wizard.ts';

let agent: TestAgent;
let browser: Browser;
afterEach(async () => {
  await browser.close();
  await agent.remove();
});

/** Tabs until the focused control has this name, as its user would. @throws when 60 tabs do not reach it */
async function tabTo(page: Page, name: string): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>(`(() => {
      const at = document.activeElement;
      return at?.ariaLabel || at?.labels?.[0]?.textContent || at?.textContent || '';
    })()`);
    seen.push(focused.trim());
    if (focused.trim().startsWith(name)) {
      const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
      expect(outline, `the focus on “${name}” can be seen`).not.toBe('none');
      return;
    }
  }
  throw new Error(`Tab never reached “${name}”: ${seen.join(' · ')}`);
}
const at = (page: Page, heading: string) => page.getByRole('heading', { name: heading, level: 1 }).waitFor();

test('from the link to a key by keyboard alone', async () => {
  agent = await TestAgent.start();
  browser = await openBrowser({ size: 'desktop' });
  const { page } = browser;
  await page.goto(await agent.setupUrl());
  await at(page, text.welcome.heading_host);
  await page.getByText(text.welcome.scan_passed, { exact: true }).waitFor();
  await tabTo(page, text.welcome.start);
  await page.keyboard.press('Enter');

  await at(page, text.claim.heading);
  await page.getByLabel(text.claim.name).waitFor();
  await tabTo(page, text.claim.name);
  await page.keyboard.type(OWNER.name);
  await tabTo(page, text.claim.password);
  await page.keyboard.type(OWNER.password);
  if (await page.getByLabel(text.claim.password_again).isVisible()) {
    await tabTo(page, text.claim.password_again);
    await page.keyboard.type(OWNER.password);
  }
  await page.keyboard.press('Enter');

  await at(page, text.recovery.heading);
  await tabTo(page, text.recovery.kept);
  await page.keyboard.press('Space');
  await tabTo(page, text.recovery.continue);
  await page.keyboard.press('Enter');

  await at(page, text.answer.heading);
  await agent.ready();
  await tabTo(page, text.answer.field);
  await page.keyboard.type('What is a receipt?');
  await page.keyboard.press('Enter');
  await page.getByText(/rcpt_/).first().waitFor();
  await tabTo(page, text.answer.next);
  await page.keyboard.press('Enter');

  await at(page, text.endpoint.heading);
  await tabTo(page, text.endpoint.create);
  await page.keyboard.press('Enter');
  await waitFor(async () => /b3iq_local_\w{40,}/.test((await page.locator('main').textContent()) ?? ''), {
    timeoutMs: 10_000,
    what: 'the key on the page',
  });
  await tabTo(page, text.endpoint.finish);
  await page.keyboard.press('Enter');
  await page.getByRole('navigation').first().waitFor();
});
