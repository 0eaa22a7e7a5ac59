/** The wizard's network step on a simulated radio: a wrong password is said in words, hostile names are only text. */
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';
import { type Browser, expectAccessible, openBrowser, picture } from './support/browser.ts';
import { fillClaim, text } from './support/wizard.ts';

let agent: TestAgent;
let browser: Browser;
afterEach(async () => {
  await browser.close();
  await agent.remove();
});

test('a wrong password, then the right one, then on to the first answer', async () => {
  agent = await TestAgent.start({ B3IQ_SIMULATED_RADIO: 'true' });
  browser = await openBrowser({ size: 'phone' });
  const { page } = browser;
  const alerts: string[] = [];
  page.on('dialog', (dialog) => {
    alerts.push(dialog.message());
    void dialog.accept();
  });
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  await page.goto((await agent.setupUrl()).replace('/setup/', '/setup/claim/'));
  await fillClaim(page);
  await page.getByLabel(text.recovery.kept).check();
  await button(text.recovery.continue).click();

  await page.getByRole('heading', { name: text.network.heading, level: 1 }).waitFor();
  await button(/^Maple/)
    .first()
    .click();
  expect(await page.getByText('<img src=x onerror=alert(1)>').count()).toBe(1);
  await expectAccessible(page, 'network');
  await page.getByLabel(text.network.password, { exact: true }).fill('wrong horse');
  await button('Join Maple').click();
  await page.getByText('That password was not accepted by “Maple”.').waitFor();
  await expectAccessible(page, 'network, wrong password');
  await picture(page, 'network-wrong-password');
  await page.getByLabel(text.network.password, { exact: true }).fill('correct horse');
  await button('Join Maple').click();
  await page.getByText('Joined “Maple”.').first().waitFor();
  await expectAccessible(page, 'network, joined');
  await button(text.network.continue).click();
  await page.getByRole('heading', { name: text.answer.heading, level: 1 }).waitFor();
  expect(alerts).toEqual([]);
});
