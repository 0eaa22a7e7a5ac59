/** The owner's models in a real browser: nothing yet, one on its way, paused, resumed, installed, removed and brought back. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelFile, sha256Of } from '@b3iq/device/src/models/install/fixtures/model-file.ts';
import { type ModelServer, modelServer } from '@b3iq/device/src/models/install/fixtures/model-server.ts';
import { waitFor } from '@b3iq/device/src/os/wait-for.ts';
import type { ModelLibraryAnswer } from '@b3iq/wire/local-api';
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';
import { type Browser, expectAccessible, openBrowser, picture, type Size } from './support/browser.ts';
import { OWNER, text } from './support/wizard.ts';

/** A few megabytes: enough that its parts are seen coming. */
const file = modelFile(10_000_000);
let agent: TestAgent;
let browser: Browser;
let server: ModelServer;
let ollamaFolder: string;
afterEach(async () => {
  await browser.close();
  await agent.remove();
  await server.close();
  await rm(ollamaFolder, { recursive: true, force: true });
});

/** A folder laid out as Ollama's, with one model. */
async function ollamaStore(): Promise<string> {
  ollamaFolder = await mkdtemp(join(tmpdir(), 'b3iq-ollama-'));
  const small = modelFile(100_000, 5);
  const manifests = join(ollamaFolder, 'manifests/registry.ollama.ai/library/from-ollama');
  await mkdir(manifests, { recursive: true });
  await mkdir(join(ollamaFolder, 'blobs'));
  const digest = `sha256:${sha256Of(small)}`;
  const layers = [{ mediaType: 'application/vnd.ollama.image.model', digest, size: small.length }];
  await writeFile(join(manifests, '1b'), JSON.stringify({ schemaVersion: 2, layers }));
  await writeFile(join(ollamaFolder, 'blobs', digest.replace(':', '-')), small);
  return ollamaFolder;
}

test.each<Size>(['phone', 'desktop'])('install, pause, resume, remove and undo: %s', async (size) => {
  server = await modelServer(file);
  const ollama = await ollamaStore();
  agent = await TestAgent.start({ B3IQ_MODELS_FROM_LOOPBACK: 'true', OLLAMA_MODELS: ollama });
  await agent.claim(OWNER);
  await agent.operator('POST', '/api/setup/progress', { step: 'done' });
  browser = await openBrowser({ size });
  const { page } = browser;
  const words = text.models;
  await page.goto(`${agent.url}/`);
  await page.getByLabel(text.sign_in.name).fill(OWNER.name);
  await page.getByLabel(text.sign_in.password, { exact: true }).fill(OWNER.password);
  await page.getByRole('button', { name: text.sign_in.submit, exact: true }).click();
  await page.getByRole('navigation', { name: text.dash.nav }).waitFor();
  await page.goto(`${agent.url}/models/`);

  await page.getByRole('heading', { name: words.empty_title }).waitFor();
  await page.getByText('from-ollama:1b').waitFor();
  await page.getByRole('button', { name: 'Install Qwen3 8B' }).first().waitFor();
  // Said once for all of them, not at each.
  await page.getByText(words.unsized_body).waitFor();
  expect(await page.getByText(words.unknown, { exact: true }).count()).toBe(0);
  await expectAccessible(page, 'models, empty');
  await picture(page, `models-empty-${size}`);

  await page.getByRole('button', { name: words.add, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(words.source).fill('somewhere');
  await dialog.getByRole('button', { name: words.add_action, exact: true }).click();
  await dialog.getByText(words.source_wrong).waitFor();
  await expectAccessible(page, 'add a model');
  await dialog.getByLabel(words.source).fill('http://192.0.2.7/model.gguf');
  await dialog.getByRole('button', { name: words.add_action, exact: true }).click();
  await dialog.getByText('Models are fetched over https only').waitFor();

  server.holdAfter = 25_000_000;
  await dialog.getByLabel(words.source).fill(server.url);
  await dialog.getByRole('button', { name: words.add_action, exact: true }).click();
  await page.getByText('25.0 MB of 40.0 MB').waitFor();
  await expectAccessible(page, 'a model on its way');
  await picture(page, `models-coming-${size}`);
  await page.getByRole('button', { name: 'Pause tiny-model-q8_0' }).click();
  await page.getByText(words.phase_paused, { exact: true }).waitFor();
  await page.reload();
  await page.getByText(words.phase_paused, { exact: true }).waitFor();
  server.holdAfter = undefined;
  await page.getByRole('button', { name: 'Resume tiny-model-q8_0' }).click();
  await page.getByRole('heading', { name: words.installed }).waitFor();
  await page.getByText(`SHA-256 ${sha256Of(file)}`).waitFor();
  expect(await page.getByText(words.coming, { exact: true }).count()).toBe(0);
  await expectAccessible(page, 'an installed model');
  await picture(page, `models-installed-${size}`);

  const installed = async () =>
    (await agent.operator<ModelLibraryAnswer>('GET', '/api/models/library')).installed.length;
  await page.getByRole('button', { name: 'Remove tiny-model-q8_0' }).click();
  await page.getByText('“tiny-model-q8_0” is removed.').waitFor();
  expect(await installed()).toBe(0);
  await page.getByRole('button', { name: words.undo }).click();
  await waitFor(async () => (await installed()) === 1, { timeoutMs: 10_000, what: 'it is back' });
  await page.getByRole('heading', { name: words.installed }).waitFor();

  server.instead = (_request, response) => {
    response.writeHead(404).end();
    return true;
  };
  await page.getByRole('button', { name: words.add, exact: true }).click();
  await dialog.getByLabel(words.source).fill(server.url.replace('Tiny', 'Other'));
  await dialog.getByRole('button', { name: words.add_action, exact: true }).click();
  await page.getByText('The server has no file there.').waitFor();
  await expectAccessible(page, 'a stopped installation');
  await picture(page, `models-stopped-${size}`);
  await page.getByRole('button', { name: 'Cancel other-model-q8_0' }).click();
  await waitFor(async () => (await page.getByText(words.stopped).count()) === 0, {
    timeoutMs: 10_000,
    what: 'it is gone',
  });

  await page.getByRole('button', { name: 'Take over from-ollama:1b' }).click();
  await waitFor(async () => (await installed()) === 2, { timeoutMs: 10_000, what: 'it is taken over' });
  await page.getByRole('button', { name: 'Remove from-ollama:1b' }).waitFor();
  await page.getByText(words.ollama).waitFor({ state: 'detached' }); // its list is read anew after the library's
});
