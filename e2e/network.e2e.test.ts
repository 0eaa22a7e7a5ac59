/** The wizard's network step on a simulated radio: each failure is said in words and kept, hostile names are only text. */
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';
import { type Browser, expectAccessible, openBrowser, picture } from './support/browser.ts';
import { fillClaim, OWNER, text } from './support/wizard.ts';

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

test('each way a join can fail has its own sentence, which a restart keeps', async () => {
  agent = await TestAgent.start({ B3IQ_SIMULATED_RADIO: 'true' });
  await agent.claim(OWNER);
  await agent.operator('POST', '/api/setup/progress', { step: 'network' });
  browser = await openBrowser({ size: 'phone' });
  const { page } = browser;
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  await page.goto(`${agent.url}/sign-in/`);
  await page.getByLabel(text.sign_in.name).fill(OWNER.name);
  await page.getByLabel(text.sign_in.password, { exact: true }).fill(OWNER.password);
  await button(text.sign_in.submit).click();
  await page.getByRole('heading', { name: text.network.heading, level: 1 }).waitFor();

  const password = page.getByLabel(text.network.password, { exact: true });
  for (const [name, sentence] of [
    ['Full house', '“Full house” gave the machine no address.'],
    ['Closed club', '“Closed club” refused the machine.'],
    ['Café Gratis', '“Café Gratis” has a sign-in page of its own.'],
  ] as const) {
    await button(new RegExp(`^${name} `)).click();
    if (name !== 'Café Gratis') await password.fill('correct horse');
    await button(`Join ${name}`).click();
    await page.getByRole('heading', { name: `Joining “${name}”` }).waitFor();
    await page.getByText(sentence).waitFor();
  }
  await button(text.network.hidden).click();
  await page.getByLabel(text.network.hidden_name).fill('Nowhere');
  await password.fill('correct horse');
  await button(text.network.join_hidden).click();
  await page.getByText('“Nowhere” was not found.').waitFor();
  await expectAccessible(page, 'network, not found');

  await agent.restart();
  await page.reload();
  await page.getByText('“Nowhere” was not found.').waitFor();
  await button(text.network.scan).click();
  await page.getByRole('heading', { name: text.network.heading_listening }).waitFor();
  await page.getByText(text.network.age_now).waitFor();

  await button(/^Office /).click();
  await page.getByLabel(text.network.identity).fill('ada');
  await page.getByLabel(text.network.company_password, { exact: true }).fill('correct horse');
  await button('Join Office').click();
  await page.getByText(text.network.error_authority).waitFor();
  await page.getByLabel(text.network.trust).selectOption('none');
  await page.getByText(text.network.untrusted_title).waitFor();
  await expectAccessible(page, 'network, a company’s');
  await button('Join Office').click();
  await page.getByText('Joined “Office”.').first().waitFor();
});
