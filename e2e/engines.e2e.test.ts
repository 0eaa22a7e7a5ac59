/** Engines that others run, in a real browser: nothing yet, one that was found, one that is typed with its key, one that is not
 *  there, and removal. The engines are stand-ins, made from vLLM's published API. */
import { createServer } from 'node:net';
import type { StandIn } from '@b3iq/device/src/engine/remote/stand-ins/server.ts';
import { startVllmStandIn } from '@b3iq/device/src/engine/remote/stand-ins/vllm.ts';
import type { EnginesAnswer } from '@b3iq/wire/local-api';
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';
import { type Browser, expectAccessible, openBrowser, picture, type Size } from './support/browser.ts';
import { OWNER, text } from './support/wizard.ts';

const KEY = 'sk-planted-engine-key';
let agent: TestAgent;
let browser: Browser;
const engines: StandIn[] = [];
afterEach(async () => {
  await browser.close();
  await agent.remove();
  for (const engine of engines.splice(0)) await engine.stop();
});

async function standIn(options: Parameters<typeof startVllmStandIn>[0]): Promise<StandIn> {
  const there = await startVllmStandIn(options);
  engines.push(there);
  return there;
}

/** The first of the ports where engines usually listen that nobody has. */
async function usualPort(): Promise<number> {
  for (const port of [30_000, 8_000, 1_234, 8_080]) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
  throw new Error('Every usual port of an engine is taken on this computer.');
}

test.each<readonly [Size, 'light' | 'dark']>([
  ['phone', 'dark'],
  ['desktop', 'light'],
])('an engine is added, told of and removed: %s', async (size, scheme) => {
  agent = await TestAgent.start();
  await agent.claim(OWNER);
  await agent.operator('POST', '/api/setup/progress', { step: 'done' });
  browser = await openBrowser({ size, scheme });
  const { page } = browser;
  const words = text.engines;
  await page.goto(`${agent.url}/`);
  await page.getByLabel(text.sign_in.name).fill(OWNER.name);
  await page.getByLabel(text.sign_in.password, { exact: true }).fill(OWNER.password);
  await page.getByRole('button', { name: text.sign_in.submit, exact: true }).click();
  await page.getByRole('navigation', { name: text.dash.nav }).waitFor();
  await page.goto(`${agent.url}/models/`);
  const heading = page.getByRole('heading', { name: words.heading });
  await page.getByRole('heading', { name: words.empty_title }).waitFor();
  await heading.evaluate((element) => element.scrollIntoView());
  await expectAccessible(page, 'no engine');
  await picture(page, `engines-empty-${size}`);

  // Typed, with every mistake first.
  const keyed = await standIn({ models: ['qwen3-8b', 'gpt-oss-20b'], key: KEY });
  const dialog = page.getByRole('dialog');
  const add = dialog.getByRole('button', { name: words.add_action, exact: true });
  await page.getByRole('button', { name: words.add, exact: true }).click();
  await add.click();
  await dialog.getByText(words.url_wrong).waitFor();
  await dialog.getByText(words.name_wrong).waitFor();
  await dialog.getByLabel(words.url).fill('http://169.254.169.254');
  await dialog.getByLabel(words.name, { exact: true }).fill('gaming-pc');
  await add.click();
  await dialog.getByText('No engine can be at this address.').waitFor();
  await dialog.getByLabel(words.url).fill(keyed.origin);
  await dialog.getByLabel(words.key).fill(KEY);
  await expectAccessible(page, 'add an engine');
  await picture(page, `engines-add-${size}`);
  await add.click();
  await page.getByText('“gaming-pc” is added.').waitFor();
  await page.getByText('Models: gaming-pc/qwen3-8b, gaming-pc/gpt-oss-20b.').waitFor();
  await page.getByText(words.has_key).waitFor();
  expect(await page.content()).not.toContain(KEY);

  // Of a name that is taken, and at an address where nothing answers.
  await page.getByRole('button', { name: words.add, exact: true }).click();
  await dialog.getByLabel(words.url).fill('http://127.0.0.1:9');
  await dialog.getByLabel(words.name, { exact: true }).fill('gaming-pc');
  await add.click();
  await dialog.getByText('There is an engine of that name.', { exact: true }).waitFor();
  await dialog.getByLabel(words.name, { exact: true }).fill('old-box');
  await add.click();
  await page.getByText('Nothing answers at its address. Start it, or correct the address.').waitFor();

  // Found on this computer, and used only when the owner says so.
  const found = await standIn({ models: ['llama-3.1-8b'], port: await usualPort() });
  await page.reload();
  await page.getByRole('button', { name: `Use the engine at ${found.origin}` }).waitFor();
  await heading.evaluate((element) => element.scrollIntoView());
  await expectAccessible(page, 'engines');
  await picture(page, `engines-${size}`);
  const listed = async () =>
    (await agent.operator<EnginesAnswer>('GET', '/api/engines')).engines
      .filter(({ kind }) => kind !== 'own')
      .map(({ name }) => name);
  expect(await listed()).toEqual(['gaming-pc', 'old-box']);
  await page.getByRole('button', { name: `Use the engine at ${found.origin}` }).click();
  expect(await dialog.getByLabel(words.url).inputValue()).toBe(found.origin);
  await add.click();
  await page.getByText('/llama-3.1-8b', { exact: false }).last().waitFor();
  expect(await listed()).toHaveLength(3);
  expect(await page.getByRole('heading', { name: words.found }).count()).toBe(0);

  await page.getByRole('button', { name: 'Remove the engine gaming-pc' }).click();
  await dialog.getByText(words.remove_body_key).waitFor();
  await expectAccessible(page, 'remove an engine');
  await picture(page, `engines-remove-${size}`);
  await dialog.getByRole('button', { name: words.remove, exact: true }).click();
  await page.getByText('“gaming-pc” is removed.').waitFor();
  expect(await listed()).not.toContain('gaming-pc');
  expect(agent.output).not.toContain(KEY);
});
