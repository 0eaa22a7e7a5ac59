/** A real Chromium with a fresh profile, at phone or desk size, and the helpers every journey needs. */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

export const SIZES = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
} as const;
export type Size = keyof typeof SIZES;

export interface Browser {
  readonly context: BrowserContext;
  readonly page: Page;
  close(): Promise<void>;
}

/**
 * @param options.hosts  every name under `.local` leads to this machine: a plain-http origin that is no secure context
 */
export async function openBrowser(options: {
  readonly size: Size;
  readonly scheme?: 'light' | 'dark';
}): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'b3iq-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.B3IQ_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport: SIZES[options.size],
    colorScheme: options.scheme ?? 'light',
    reducedMotion: 'reduce',
    hasTouch: options.size === 'phone',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP *.local 127.0.0.1',
    ],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    context,
    page,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Fails with axe's own words when the page has an accessibility fault. Runs past the page's CSP, as an extension would. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(source);
  const faults = await page.evaluate(async () => {
    const axe = (
      globalThis as unknown as {
        axe: {
          run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
        };
      }
    ).axe; // put there by the line above
    return (await axe.run()).violations.map(
      (v) => `${v.id}: ${v.nodes.map((n) => `${n.html} ${n.failureSummary}`).join(' | ')}`,
    );
  });
  expect(faults, where).toEqual([]);
}

/** Keeps a picture of the page under `.cache/pictures`; `make pictures` takes the README’s from there. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = new URL('../../.cache/pictures', import.meta.url).pathname;
  const path = join(folder, `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path, fullPage: false });
}
