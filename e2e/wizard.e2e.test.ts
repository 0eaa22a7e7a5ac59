/** From the first page to the first answer in a real browser: phone and desk, loopback and a plain-http name. */
import type { StatusAnswer } from '@b3iq/wire/local-api';
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';
import { type Browser, expectAccessible, openBrowser, picture, type Size } from './support/browser.ts';
import { claim, endpoint, finish, firstAnswer, text, welcome } from './support/wizard.ts';

let agent: TestAgent;
let browser: Browser;
afterEach(async () => {
  await browser.close();
  await agent.remove();
});

/** The curl lines of the endpoint page, as `fetch` would send them. */
async function ask(url: string, secret: string, model: string): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 8 }),
  });
}

test.each<{ size: Size; origin: 'loopback' | 'name'; scheme: 'light' | 'dark' }>([
  { size: 'phone', origin: 'loopback', scheme: 'light' },
  { size: 'desktop', origin: 'loopback', scheme: 'light' },
  { size: 'phone', origin: 'name', scheme: 'dark' },
  { size: 'desktop', origin: 'name', scheme: 'dark' },
])(
  'a stranger gets to a first answer and a working key: $size, $origin, $scheme',
  async ({ size, origin, scheme }) => {
    agent = await TestAgent.start();
    browser = await openBrowser({ size, scheme });
    const { page } = browser;
    const strays: string[] = [];
    const setup = new URL(await agent.setupUrl());
    if (origin === 'name')
      setup.hostname = `${(await agent.operator<StatusAnswer>('GET', '/api/status')).name.toLowerCase()}.local`;
    page.on('request', (request) => {
      if (!request.url().startsWith(setup.origin) && !request.url().startsWith('data:'))
        strays.push(request.url());
    });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of (401|403|404|503)/.test(message.text()))
        complaints.push(message.text());
    });
    const pictures = scheme === 'light' ? size : `${size}-dark`;

    await page.goto(setup.href);
    expect(await page.evaluate('isSecureContext')).toBe(origin === 'loopback');
    await welcome(page, { pictures });
    await claim(page, { pictures });
    const answer = await firstAnswer(page, { pictures });
    expect(answer).toMatch(/tokens\/s/);
    const secret = await endpoint(page, { pictures });
    await finish(page);

    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText(text.answer.self_test).first().waitFor();
    await expectAccessible(page, 'dashboard');
    await picture(page, `dashboard-${pictures}`);
    const status = await agent.operator<StatusAnswer>('GET', '/api/status');
    expect(status.owner).toBe('Ada');
    expect((await ask(agent.url, secret, status.models[0]?.id ?? '')).status).toBe(200);
    expect(strays).toEqual([]);
    expect(complaints).toEqual([]);
  },
);
