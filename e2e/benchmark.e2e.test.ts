/** The owner measures the machine in a real browser: nothing yet, under way, a result, its signed file. Phone and desk. */
import { readFile } from 'node:fs/promises';
import { benchmark, readDocument, Verifier, verifyKey } from '@b3iq/wire';
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';
import { type Browser, expectAccessible, openBrowser, picture, type Size } from './support/browser.ts';
import { OWNER, text } from './support/wizard.ts';

let agent: TestAgent;
let browser: Browser;
afterEach(async () => {
  await browser.close();
  await agent.remove();
});

test.each<Size>(['phone', 'desktop'])(
  'a benchmark from the first click to its signed file: %s',
  async (size) => {
    agent = await TestAgent.start();
    await agent.claim(OWNER);
    await agent.operator('POST', '/api/setup/progress', { step: 'done' });
    await agent.ready();
    browser = await openBrowser({ size });
    const { page } = browser;
    await page.goto(agent.url);
    await page.getByLabel(text.sign_in.name).fill(OWNER.name);
    await page.getByLabel(text.sign_in.password, { exact: true }).fill(OWNER.password);
    await page.getByRole('button', { name: text.sign_in.submit, exact: true }).click();

    await page.getByRole('link', { name: text.overview.benchmark_link }).click();
    await page.getByRole('heading', { name: text.benchmark.empty_title }).waitFor();
    await expectAccessible(page, 'nothing measured');
    await picture(page, `benchmark-empty-${size}`);

    await page.getByRole('button', { name: text.benchmark.empty_action }).click();
    await page.getByText(/^Step \d+ of \d+/).waitFor();
    await expectAccessible(page, 'measuring');
    await picture(page, `benchmark-running-${size}`);
    await page.getByText(/^It writes about .* words a second/).waitFor({ timeout: 120_000 });
    await page.getByText(text.benchmark.self_test, { exact: true }).waitFor();

    // A second one: the line over time needs two.
    await page.getByRole('button', { name: text.benchmark.again }).click();
    await page.getByRole('heading', { name: text.benchmark.over_time }).waitFor({ timeout: 120_000 });
    await expectAccessible(page, 'results');
    await picture(page, `benchmark-${size}`);

    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: text.benchmark.download }).click();
    const envelope: unknown = JSON.parse(await readFile(await (await downloading).path(), 'utf8'));
    const shown = await agent.cli(['identity', 'show', '--json']);
    const identity = JSON.parse(shown.stdout) as { readonly public_key: string }; // its own answer, checked by the signature
    const key = verifyKey(Buffer.from(identity.public_key, 'hex')) ?? expect.fail(shown.stdout);
    const verifier = new Verifier([{ key, payloadTypes: [benchmark.payloadType] }]);
    expect(readDocument(benchmark, verifier, envelope)).toMatchObject({
      ok: true,
      document: { self_reported: true, model: { id: 'b3iq-selftest', self_test: true } },
    });
    const listed = await agent.cli(['benchmark', 'list', '--json']);
    expect(JSON.parse(listed.stdout).runs).toHaveLength(2);
  },
);
