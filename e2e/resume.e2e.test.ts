/** Reload and restart at every step: the wizard goes on where it was, and nothing is asked twice. */
import type { SetupState } from '@b3iq/wire/local-api';
import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';
import { type Browser, openBrowser } from './support/browser.ts';
import { claim, endpoint, fillClaim, finish, firstAnswer, OWNER, text, welcome } from './support/wizard.ts';

let agent: TestAgent;
let browser: Browser;
afterEach(async () => {
  await browser.close();
  await agent.remove();
});

/** Waits for the step with this heading, so that the call that led to it has been answered; disturbs; and looks again. */
async function holds(
  page: Page,
  heading: string,
  disturb: () => Promise<unknown>,
  afterwards: string = heading,
): Promise<void> {
  await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
  await disturb();
  await page.getByRole('heading', { name: afterwards, level: 1 }).waitFor();
}

test('a reload and a restart at each step lead back to it', async () => {
  agent = await TestAgent.start();
  browser = await openBrowser({ size: 'phone' });
  const { page } = browser;
  const both = async () => {
    await agent.restart();
    await page.reload();
  };
  await page.goto(await agent.setupUrl());

  await holds(page, text.welcome.heading_host, both);
  await welcome(page);
  await holds(page, text.claim.heading, both);
  await fillClaim(page);
  page.on('dialog', (dialog) => dialog.accept()); // “leave this page?”, for the code is on it
  await holds(page, text.recovery.heading, both, text.recovery.again_heading);
  await page.getByRole('button', { name: text.recovery.again_have, exact: true }).click();
  await holds(page, text.answer.heading, both);
  await agent.ready();
  await firstAnswer(page);
  await holds(page, text.endpoint.heading, both);
  await endpoint(page);
  await finish(page);
  await page.getByRole('navigation').first().waitFor();
  await agent.restart();
  await page.goto(agent.url);
  await page.getByRole('navigation').first().waitFor();
  expect((await agent.operator<SetupState>('GET', '/api/setup/state')).step).toBe('done');
});

test('an open page survives a restart: what was typed is kept and the claim goes through', async () => {
  agent = await TestAgent.start();
  browser = await openBrowser({ size: 'desktop' });
  const { page } = browser;
  await page.goto(await agent.setupUrl());
  await welcome(page);
  await page.getByLabel(text.claim.name).fill('Half-typed');
  await agent.stop();
  await page.getByText(text.common.reconnecting_title).first().waitFor();
  await agent.boot();
  await page.getByText(text.common.reconnecting_title).first().waitFor({ state: 'hidden' });
  expect(await page.getByLabel(text.claim.name).inputValue()).toBe('Half-typed');
  await claim(page);
  expect((await agent.operator<SetupState>('GET', '/api/setup/state')).state).toBe('claimed');
});

test('a second browser cannot claim again, and the owner signs in there', async () => {
  agent = await TestAgent.start();
  const url = await agent.setupUrl();
  await agent.claim(OWNER);
  browser = await openBrowser({ size: 'phone' });
  const { page } = browser;
  await page.goto(url);
  await page.getByRole('heading', { name: text.sign_in.heading, level: 1 }).waitFor();
  await page.getByLabel(text.sign_in.name).fill(OWNER.name);
  await page.getByLabel(text.sign_in.password, { exact: true }).fill('not the password');
  await page.getByRole('button', { name: text.sign_in.submit, exact: true }).click();
  await page.getByText(text.sign_in.refused_title).first().waitFor();
  await page.getByLabel(text.sign_in.password, { exact: true }).fill(OWNER.password);
  await page.getByRole('button', { name: text.sign_in.submit, exact: true }).click();
  await page.getByRole('heading', { name: text.answer.heading, level: 1 }).waitFor();
});
