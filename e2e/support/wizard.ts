/** The wizard as a person walks it: one function a step, found by the names a screen reader hears. */
import { waitFor } from '@b3iq/device/src/os/wait-for.ts';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import strings from '../../setup-ui/src/strings/en.json' with { type: 'json' };
import { expectAccessible, picture } from './browser.ts';

export const text = strings;
export const OWNER = { name: 'Ada', password: 'correct horse battery' };

export interface WalkOptions {
  /** Ends picture names, such as `phone`; no pictures when left out. */
  readonly pictures?: string;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function heading(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}
async function look(page: Page, name: string, options: WalkOptions): Promise<void> {
  await expectAccessible(page, name);
  if (options.pictures) await picture(page, `${name}-${options.pictures}`);
}

export async function welcome(page: Page, options: WalkOptions = {}): Promise<void> {
  await heading(page, text.welcome.heading_host);
  await page.getByText(text.welcome.scan_passed, { exact: true }).waitFor();
  await page
    .getByText(/^B3IQ-[0-9A-Z]{4}/)
    .first()
    .waitFor();
  await look(page, 'welcome', options);
  await page.getByRole('link', { name: text.welcome.start }).or(button(page, text.welcome.start)).click();
}

/** Fills in the claim and keeps the recovery code. @returns the code */
export async function claim(page: Page, options: WalkOptions = {}): Promise<string> {
  await fillClaim(page, options);
  return keepCode(page, options);
}

/** Fills in the claim and sends it. */
export async function fillClaim(page: Page, options: WalkOptions = {}): Promise<void> {
  await heading(page, text.claim.heading);
  await look(page, 'claim', options);
  await page.getByLabel(text.claim.name).fill(OWNER.name);
  await page.getByLabel(text.claim.password, { exact: true }).fill(OWNER.password);
  const again = page.getByLabel(text.claim.password_again);
  if (await again.isVisible()) await again.fill(OWNER.password);
  await button(page, text.claim.submit).click();
}

async function keepCode(page: Page, options: WalkOptions): Promise<string> {
  await heading(page, text.recovery.heading);
  await look(page, 'recovery', options);
  const code = /(?:[0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}/.exec(
    (await page.locator('main').textContent()) ?? '',
  )?.[0];
  if (code === undefined) throw new Error('no recovery code on the page');
  await page.getByLabel(text.recovery.kept).check();
  await button(page, text.recovery.continue).click();
  return code;
}

/** Asks the suggested question and reads the whole answer. */
export async function firstAnswer(page: Page, options: WalkOptions = {}): Promise<string> {
  await heading(page, text.answer.heading);
  await page.getByText(text.answer.self_test, { exact: true }).first().waitFor();
  await button(page, text.answer.q1).click({ timeout: 60_000 });
  await button(page, text.answer.next)
    .or(page.getByRole('link', { name: text.answer.next }))
    .waitFor();
  await page.getByText(/rcpt_/).first().waitFor();
  const answer = (await page.locator('main').textContent()) ?? '';
  await look(page, 'first-answer', options);
  await button(page, text.answer.next)
    .or(page.getByRole('link', { name: text.answer.next }))
    .click();
  return answer;
}

/** Makes a key. @returns its secret, as the page shows it once */
export async function endpoint(page: Page, options: WalkOptions = {}): Promise<string> {
  await heading(page, text.endpoint.heading);
  await button(page, text.endpoint.create).click();
  const secret = await waitFor(
    async () => /b3iq_local_[0-9A-Za-z]{49}/.exec((await page.locator('main').textContent()) ?? '')?.[0],
    { timeoutMs: 10_000, what: 'the key on the page' },
  );
  await look(page, 'endpoint', options);
  for (const tab of [text.endpoint.tab_python, text.endpoint.tab_javascript, text.endpoint.tab_curl]) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    expect(await page.getByRole('tabpanel').textContent()).toContain(secret);
  }
  return secret;
}

export async function finish(page: Page): Promise<void> {
  await button(page, text.endpoint.finish)
    .or(page.getByRole('link', { name: text.endpoint.finish }))
    .click();
}
