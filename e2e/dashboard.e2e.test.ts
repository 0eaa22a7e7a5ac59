/** The owner's daily page: ask, make and take back a key, prove a receipt in the browser, sign out. Phone and desk. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { waitFor } from '@b3iq/device/src/os/wait-for.ts';
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

test.each<Size>(['phone', 'desktop'])('playground, keys, receipts and sign-out: %s', async (size) => {
  agent = await TestAgent.start();
  await agent.claim(OWNER);
  await agent.operator('POST', '/api/setup/progress', { step: 'done' });
  await agent.ready();
  browser = await openBrowser({ size });
  const { page, context } = browser;
  // A plain-http name: the browser gives this page neither crypto.subtle nor a clipboard.
  const name = (await agent.operator<{ name: string }>('GET', '/api/status')).name.toLowerCase();
  await page.goto(`http://${name}.local:${agent.port}/`);

  await page.getByLabel(text.sign_in.name).fill(OWNER.name);
  await page.getByLabel(text.sign_in.password, { exact: true }).fill(OWNER.password);
  await page.getByRole('button', { name: text.sign_in.submit, exact: true }).click();
  await page.getByRole('heading', { name: text.overview.ready, level: 1 }).waitFor();
  const go = (section: string) =>
    page.getByRole('navigation', { name: text.dash.nav }).getByRole('link', { name: section }).click();

  await go(text.dash.playground);
  await page.getByRole('textbox', { name: text.play.message }).fill('What is a receipt?');
  await page.getByRole('button', { name: text.play.send, exact: true }).click();
  await page.getByRole('link', { name: /^Receipt\b/ }).waitFor();
  await expectAccessible(page, 'playground');
  await picture(page, `playground-${size}`);

  await go(text.dash.keys);
  await page.getByRole('button', { name: text.keys.empty_action }).click();
  await page.getByLabel(text.keys.name).fill('Notes app');
  await page.getByLabel(text.keys.tpd).fill('5000');
  await expectAccessible(page, 'new key');
  await page.getByRole('button', { name: text.keys.create, exact: true }).click();
  const secret = await waitFor(
    async () => /b3iq_local_[0-9A-Za-z]{49}/.exec((await page.getByRole('dialog').textContent()) ?? '')?.[0],
    { timeoutMs: 10_000, what: 'the key in the dialog' },
  );
  const models = (authorization: string) => fetch(`${agent.url}/v1/models`, { headers: { authorization } });
  expect((await models(`Bearer ${secret}`)).status).toBe(200);
  await page.getByRole('button', { name: text.keys.made_done }).click();
  // A change counts for the very next call: a key that may only read metrics is let in to no model.
  await page.getByRole('button', { name: 'Edit Notes app' }).click();
  expect(await page.getByLabel(text.keys.tpd).inputValue()).toBe('5000');
  await page.getByLabel(text.keys.may_inference).uncheck();
  await page.getByRole('button', { name: text.keys.edit_submit, exact: true }).click();
  await page.getByText(text.keys.error_scope).waitFor();
  await page.getByLabel(text.keys.may_metrics).check();
  await page.getByLabel(text.keys.priority).selectOption(text.keys.priority_first);
  await expectAccessible(page, 'edit key');
  await picture(page, `key-edit-${size}`);
  await page.getByRole('button', { name: text.keys.edit_submit, exact: true }).click();
  await page.getByText('“Notes app” is saved.').waitFor();
  expect((await models(`Bearer ${secret}`)).status).toBe(403);
  await page.getByRole('button', { name: 'Edit Notes app' }).click();
  await page.getByLabel(text.keys.may_inference).check();
  await page.getByLabel(text.keys.tpd).fill('');
  await page.getByRole('button', { name: text.keys.edit_submit, exact: true }).click();
  await page.getByText('Reads metrics · goes first').waitFor();
  expect((await models(`Bearer ${secret}`)).status).toBe(200);
  await expectAccessible(page, 'keys');
  await picture(page, `keys-${size}`);
  // A browser asks before a page of another site calls: no, until its origin is named.
  const site = 'https://notes.example';
  const mayCall = async () => {
    const asked = { origin: site, 'access-control-request-method': 'POST' };
    const answer = await fetch(`${agent.url}/v1/chat/completions`, { method: 'OPTIONS', headers: asked });
    return answer.status === 204 && answer.headers.get('access-control-allow-origin') === site;
  };
  await page.getByText(text.origins.empty_title).waitFor();
  expect(await mayCall()).toBe(false);
  await page.getByLabel(text.origins.origin).fill(`${site}/app`);
  await page.getByRole('button', { name: text.origins.add, exact: true }).click();
  await page.getByText('Expected an origin such as https://app.example, without a path').waitFor();
  await page.getByLabel(text.origins.origin).fill(site);
  await page.getByRole('button', { name: text.origins.add, exact: true }).click();
  await page.getByText(`Pages of ${site} may call this machine now.`).waitFor();
  expect(await mayCall()).toBe(true);
  await page.getByRole('button', { name: `Remove ${site}` }).click();
  await page.getByText(`Pages of ${site} may no longer call this machine.`).waitFor();
  expect(await mayCall()).toBe(false);
  await page.getByRole('button', { name: text.origins.undo }).click();
  await page.getByRole('button', { name: `Remove ${site}` }).scrollIntoViewIfNeeded();
  expect(await mayCall()).toBe(true);
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.reload(); // else half of it may still be drawn in the other colours
    await page.getByRole('button', { name: `Remove ${site}` }).scrollIntoViewIfNeeded();
    await expectAccessible(page, `origins, ${colorScheme}`);
    await picture(page, `origins-${size}-${colorScheme}`);
  }
  await page.getByRole('button', { name: 'Revoke Notes app' }).click();
  await page.getByRole('button', { name: text.keys.revoke_confirm }).click();
  await page.getByText('“Notes app” is revoked.').waitFor();
  expect((await models(`Bearer ${secret}`)).status).toBe(401);

  await go(text.dash.receipts);
  await page.getByRole('button', { name: text.receipts.verify_all }).click();
  await page.getByText(text.receipts.all_ok_title).waitFor();
  await expectAccessible(page, 'receipts');
  await picture(page, `receipts-${size}`);
  const opened = context.waitForEvent('page').catch(() => page);
  await page.getByRole('link', { name: 'Receipt 1, Completed' }).click();
  const receipt = await Promise.race([opened, page.waitForURL(/receipt/).then(() => page)]);
  await receipt.getByRole('button', { name: text.receipt.verify, exact: true }).click();
  await receipt.getByText(text.receipt.ok_title).waitFor();
  await expectAccessible(receipt, 'receipt');
  await picture(receipt, `receipt-${size}`);

  await page.goto(`http://${name}.local:${agent.port}/insight/#/usage`);
  await page.getByText(text.usage.tokens_used).waitFor();
  // On a phone the rows are cards.
  expect(await page.locator('tbody tr').allTextContents()).toEqual([
    expect.stringMatching(/^You, hereb3iq-selftest10\d+$/),
  ]);
  await page.getByRole('button', { name: text.usage.by_day }).click();
  await expectAccessible(page, 'usage');
  await picture(page, `usage-${size}`);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: text.usage.csv }).click();
  const file = await readFile(await (await download).path(), 'utf8');
  expect(file).toMatch(/^day,key,.*\r\n\d{4}-\d\d-\d\d,owner,,b3iq-selftest,1,0,\d+,\d+\r\n$/);

  await page.goto(`http://${name}.local:${agent.port}/insight/#/health`);
  await page.getByText(text.health.no_alerts).waitFor();
  const now = page.getByRole('region', { name: text.health.now });
  await now.getByText(text.health.processor, { exact: true }).waitFor();
  expect(await now.getByText(text.health.state_ready, { exact: true }).count()).toBe(1);
  await expectAccessible(page, 'health');
  await picture(page, `health-${size}`);
  await page.goto(`http://${name}.local:${agent.port}/insight/#/support`);
  await page.getByText('health/week.json').waitFor();
  const bundle = page.waitForEvent('download');
  await page.getByRole('link', { name: text.support.make }).click();
  const archive = gunzipSync(await readFile(await (await bundle).path())).toString('utf8');
  expect(archive).toContain('b3iq-support/log.jsonl');
  expect(archive.includes(secret) || archive.includes(OWNER.name) || archive.includes('Notes app')).toBe(
    false,
  );
  await page.getByRole('button', { name: text.support.new }).click();
  await page.getByLabel(text.support.name).fill('Grace');
  await page.getByRole('button', { name: text.support.create, exact: true }).click();
  const token = await waitFor(
    async () =>
      /b3iq_support_[0-9A-Za-z]{49}/.exec((await page.getByRole('dialog').textContent()) ?? '')?.[0],
    { timeoutMs: 10_000, what: 'the token in the dialog' },
  );
  await expectAccessible(page, 'support grant');
  await page.getByRole('button', { name: text.support.made_done }).click();
  const look = (path: string) =>
    fetch(`${agent.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect([(await look('/api/support/bundle')).status, (await look('/api/keys')).status]).toEqual([200, 401]);
  await expectAccessible(page, 'support');
  await picture(page, `support-${size}`);
  await page.getByRole('button', { name: 'End the grant for Grace' }).click();
  await page.getByText('The grant for “Grace” has ended.').waitFor();
  expect((await look('/api/support/bundle')).status).toBe(401);

  await page.goto(`http://${name}.local:${agent.port}/insight/#/settings`);
  await page.getByRole('heading', { name: text.settings.heading, level: 1 }).waitFor();
  await expectAccessible(page, 'settings');
  await page.getByRole('button', { name: text.settings.sign_out }).click();
  await page.getByRole('heading', { name: text.sign_in.heading, level: 1 }).waitFor();
});

test('a machine whose counts go to a collector says so wherever it would say that nothing leaves', async () => {
  agent = await TestAgent.start({ B3IQ_OTLP_ENDPOINT: 'http://127.0.0.1:9/private/path' });
  await agent.claim(OWNER);
  await agent.operator('POST', '/api/setup/progress', { step: 'done' });
  await agent.ready();
  expect((await agent.cli(['status'])).stdout).toContain('of calls go to 127.0.0.1:9; no prompt is in them');
  browser = await openBrowser({ size: 'desktop' });
  const { page } = browser;
  await page.goto(`${agent.url}/insight/#/settings`);
  await page.getByLabel(text.sign_in.name).fill(OWNER.name);
  await page.getByLabel(text.sign_in.password, { exact: true }).fill(OWNER.password);
  await page.getByRole('button', { name: text.sign_in.submit, exact: true }).click();
  await page.getByRole('navigation', { name: text.dash.nav }).first().waitFor();
  for (const path of ['/', '/insight/#/settings', '/insight/#/health']) {
    await page.goto(`${agent.url}${path}`);
    const line = page.locator('main').getByText('Counts of calls go to 127.0.0.1:9');
    await line.first().waitFor();
    const shown = await page.locator('.shell').textContent();
    expect(shown).not.toMatch(/nothing (leaves|left)|private/i);
  }
  await page.goto(`${agent.url}/insight/#/settings`);
  await page.getByText('No prompt, answer, key or caller is in them.').waitFor();
  await expectAccessible(page, 'what leaves');
  await picture(page, 'settings-collector');
});

test('an owner who lost password and recovery code gets back in from the machine itself, and the old code is dead', async () => {
  agent = await TestAgent.start();
  const lost = await agent.claim(OWNER);
  await agent.operator('POST', '/api/setup/progress', { step: 'done' });
  const link = await agent.cli(['wizard', 'url', '--with-token']);
  browser = await openBrowser({ size: 'phone' });
  const { page } = browser;
  await page.goto(link.stdout);
  await page.getByRole('heading', { name: text.sign_in.recover_heading, level: 1 }).waitFor();
  expect(page.url()).not.toContain('recovery=');
  await expectAccessible(page, 'recovery');
  await page.getByLabel(text.sign_in.recover_password, { exact: true }).fill('a new long password');
  await page.getByLabel(text.claim.password_again).fill('a new long password');
  await page.getByRole('button', { name: text.sign_in.recover_submit, exact: true }).click();
  await page.getByRole('heading', { name: text.recovery.heading, level: 1 }).waitFor();
  const post = (path: string, body: object) =>
    fetch(`${agent.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await post('/api/session', OWNER)).status).toBe(401);
  expect((await post('/api/session', { name: OWNER.name, password: 'a new long password' })).status).toBe(
    200,
  );
  expect(
    (await post('/api/session/recover', { recovery_code: lost, new_password: 'yet another one' })).status,
  ).toBe(403);
  expect((await post('/api/session/recovery-link', {})).status).toBe(403);
});
