/** Models on a stick in a real browser: plugged in while the page is open, installed, known again, pulled out in between. */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelFile } from '@b3iq/device/src/models/install/fixtures/model-file.ts';
import { waitFor } from '@b3iq/device/src/os/wait-for.ts';
import type { ModelLibraryAnswer } from '@b3iq/wire/local-api';
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';
import { type Browser, expectAccessible, openBrowser, picture, type Size } from './support/browser.ts';
import { OWNER, text } from './support/wizard.ts';

const words = text.models;
let agent: TestAgent;
let browser: Browser;
let place: string;
afterEach(async () => {
  await browser.close();
  await agent.remove();
  await rm(place, { recursive: true, force: true });
});

/** A folder stands in for the mount, which is tried in the booted image; renaming it is plugging in and pulling out. */
test.each<Size>(['phone', 'desktop'])('plugged in, installed, pulled out, back again: %s', async (size) => {
  place = await mkdtemp(join(tmpdir(), 'b3iq-stick-'));
  const [drawer, mounted] = [join(place, 'drawer'), join(place, 'mounted')];
  await mkdir(join(drawer, 'more'), { recursive: true });
  await writeFile(join(drawer, 'My Model.gguf'), modelFile(500_000));
  await writeFile(join(drawer, 'more/other.safetensors'), 'no model at all');
  await writeFile(join(drawer, '._My Model.gguf'), 'left by another system');
  agent = await TestAgent.start({ B3IQ_MODELS_STICK: mounted });
  await agent.claim(OWNER);
  await agent.operator('POST', '/api/setup/progress', { step: 'done' });
  browser = await openBrowser({ size });
  const { page } = browser;
  await page.goto(`${agent.url}/`);
  await page.getByLabel(text.sign_in.name).fill(OWNER.name);
  await page.getByLabel(text.sign_in.password, { exact: true }).fill(OWNER.password);
  await page.getByRole('button', { name: text.sign_in.submit, exact: true }).click();
  await page.getByRole('navigation', { name: text.dash.nav }).waitFor();
  await page.goto(`${agent.url}/models/`);
  await page.getByRole('heading', { name: words.empty_title }).waitFor();

  await page.getByRole('button', { name: words.add, exact: true }).click();
  await page.getByRole('dialog').getByText(words.add_stick).waitFor();
  await expectAccessible(page, 'how a stick is made');
  await picture(page, `models-stick-how-${size}`);
  await page.keyboard.press('Escape');
  expect(await page.getByRole('heading', { name: words.stick }).count()).toBe(0);

  await rename(drawer, mounted);
  await page.getByRole('heading', { name: words.stick }).waitFor();
  await page.getByRole('button', { name: 'Install more/other.safetensors' }).waitFor();
  expect(await page.getByText('._My Model').count()).toBe(0);
  await expectAccessible(page, 'a stick');
  await picture(page, `models-stick-${size}`);

  await page.getByRole('button', { name: 'Install My Model.gguf' }).click();
  await page.getByText(words.stick_installed, { exact: true }).last().waitFor();
  await page.getByRole('button', { name: 'Remove my-model' }).waitFor();
  const { installed } = await agent.operator<ModelLibraryAnswer>('GET', '/api/models/library');
  expect(installed).toMatchObject([{ id: 'my-model', pinned_by: 'first-download' }]);

  await page.getByRole('button', { name: 'Install more/other.safetensors' }).click();
  await page.getByText('This file is not a model that can be used.').waitFor();
  await page.getByText(words.from_stick).waitFor();
  await expectAccessible(page, 'a file of a stick that is no model');
  await picture(page, `models-stick-installed-${size}`);

  await rename(mounted, drawer);
  await page.getByRole('heading', { name: words.stick }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Resume other' }).click();
  await page.getByText('Plug it in again, then resume.').waitFor();
  await page.getByRole('button', { name: 'Cancel other' }).click();
  await waitFor(async () => (await page.getByText(words.stopped).count()) === 0, {
    timeoutMs: 10_000,
    what: 'it is gone',
  });
});
