/** A ledger that cannot be gone on with: the owner gets past it on the page, without a terminal and without losing anything else. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';
import { type Browser, expectAccessible, openBrowser, picture, type Size } from './support/browser.ts';
import { OWNER, text } from './support/wizard.ts';

let agent: TestAgent;
let browser: Browser;
beforeEach(async () => {
  agent = await TestAgent.start();
  await agent.claim(OWNER);
  await agent.operator('POST', '/api/setup/progress', { step: 'done' });
});
afterEach(async () => {
  await browser.close();
  await agent.remove();
});

test.each<Size>(['phone', 'desktop'])('no answer, a click, an answer: %s', async (size) => {
  const { secret } = await agent.newKey();
  const ask = async () => {
    const answer = await fetch(`${agent.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'b3iq-selftest',
        messages: [{ role: 'user', content: 'Hello' }],
        max_tokens: 4,
      }),
    });
    return { status: answer.status, body: await answer.text() };
  };
  await agent.stop();
  const file = join(agent.stateDir, 'ledger.sqlite');
  const remains = 'what a failing disk left of it. '.repeat(200);
  await writeFile(file, remains);
  await agent.boot();
  await agent.ready();
  expect(await ask()).toMatchObject({ status: 503, body: expect.stringContaining('ledger_damaged') });

  browser = await openBrowser({ size });
  const { page } = browser;
  await page.goto(`${agent.url}/`);
  await page.getByLabel(text.sign_in.name).fill(OWNER.name);
  await page.getByLabel(text.sign_in.password, { exact: true }).fill(OWNER.password);
  await page.getByRole('button', { name: text.sign_in.submit, exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await page.goto(`${agent.url}/#/receipts`);
  await page.getByText(text.receipts.damaged_title).waitFor();
  await expectAccessible(page, 'damaged ledger');
  await picture(page, `receipts-damaged-${size}`);
  await page.getByRole('button', { name: text.receipts.damaged_action }).click();
  await page.getByText(text.receipts.aside_title).waitFor();
  await page.getByText(text.receipts.empty_title).waitFor();
  expect((await ask()).status).toBe(200);
  expect(await readFile(`${file}.damaged`, 'utf8')).toBe(remains);
});
