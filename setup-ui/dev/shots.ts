/**
 * `node setup-ui/dev/shots.ts FOLDER [name…]`: a picture of every page and state, phone and desktop, light and dark,
 * each checked by axe. Exit code 1 names what axe found, what overflowed, and what the console complained about.
 */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { FakeMachine } from './fake-machine.ts';
import { SCENES } from './scenes.ts';
import { buildPreview } from './server.ts';

const [folder = '/tmp/b3iq-shots', ...only] = process.argv.slice(2);
const executablePath = '/usr/bin/chromium';
const args =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const LOOKS = [
  { name: 'phone-light', width: 390, height: 844, colorScheme: 'light', text: 1 },
  { name: 'phone-dark', width: 390, height: 844, colorScheme: 'dark', text: 1 },
  { name: 'desk-light', width: 1280, height: 800, colorScheme: 'light', text: 1 },
  { name: 'desk-dark', width: 1280, height: 800, colorScheme: 'dark', text: 1 },
  { name: 'small-big', width: 320, height: 640, colorScheme: 'light', text: 2 },
] as const;

/** Resolves once what was last changed has been drawn. */
const DRAWN = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';
const axe = await readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const profile = await mkdtemp(join(tmpdir(), 'b3iq-shots-'));
await mkdir(folder, { recursive: true });
const preview = buildPreview();
await new Promise<void>((resolve) => preview.server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${(preview.server.address() as AddressInfo).port}`; // listening on TCP
const browser = await chromium.launchPersistentContext(profile, {
  executablePath,
  args: args.split(' '),
  headless: true,
  bypassCSP: true,
});
const faults: string[] = [];

interface AxeAnswer {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
async function check(page: Page, label: string): Promise<void> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<AxeAnswer>('axe.run()');
  for (const { id, nodes } of violations)
    faults.push(`${label}: axe ${id} ${nodes.map((node) => node.html.slice(0, 140)).join(' | ')}`);
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  if (overflow > 0) faults.push(`${label}: ${overflow} px wider than the screen`);
}

for (const look of LOOKS)
  for (const [name, scene] of Object.entries(SCENES)) {
    if (only.length > 0 && !only.some((part) => `${name}.${look.name}`.includes(part))) continue;
    preview.machine = new FakeMachine();
    preview.overrides.clear();
    scene.set?.(preview.machine, preview.overrides);
    const page = await browser.newPage();
    page.on('console', (message) => {
      // A refused call is part of the picture; a script or policy complaint is not.
      if (message.type() === 'error' && !/Failed to load resource|net::ERR/.test(message.text()))
        faults.push(`${name}: console ${message.text()}`);
    });
    page.on('pageerror', (error) => faults.push(`${name}: ${error.message}`));
    await page.setViewportSize({ width: look.width, height: look.height });
    await page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: 'reduce' });
    await page.goto(origin + scene.path);
    if (look.text !== 1) await page.addStyleTag({ content: `html{font-size:${look.text * 100}%}` });
    try {
      await scene.act?.(page, preview.machine);
      await page.evaluate(DRAWN);
      await check(page, `${name}.${look.name}`);
    } catch (error) {
      faults.push(`${name}.${look.name}: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    }
    await page.screenshot({ path: join(folder, `${name}.${look.name}.png`), fullPage: true });
    await page.close();
  }
await browser.close();
preview.server.closeAllConnections();
preview.server.close();
await rm(profile, { recursive: true, force: true });
process.stdout.write(faults.length === 0 ? 'All clean.\n' : `${faults.join('\n')}\n`);
if (faults.length > 0) process.exitCode = 1;
