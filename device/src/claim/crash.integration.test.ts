import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { FakeClock, systemClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { openSettings } from '../store/settings.ts';
import { slice } from '../store/slice.ts';
import { ClaimService } from './service.ts';

/** Mints, tells the token, tries a wrong one, claims, tells of it. */
const CHILD = `
  const [, settings, slices, services, clocks, logs, dir] = process.argv;
  const { openSettings } = await import(settings);
  const { slice } = await import(slices);
  const { ClaimService } = await import(services);
  const parts = { clock: (await import(clocks)).systemClock, log: (await import(logs)).jsonLog('error') };
  const { store } = await openSettings(dir, parts);
  const claim = await ClaimService.start({ store: slice(store, 'claim'), ...parts });
  const { token } = await claim.mintToken();
  console.log('token ' + token);
  const owner = { name: 'Ada', password: 'correct horse battery' };
  await claim.claim({ secret: 'w'.repeat(43), owner }).catch(() => {});
  await claim.claim({ secret: token, owner });
  console.log('claimed');
  setInterval(() => {}, 1000);`;

it('a kill at any moment leaves either a usable secret or an owner', { timeout: 120_000 }, async () => {
  const files = [
    '../store/settings.ts',
    '../store/slice.ts',
    './service.ts',
    '../os/clock.ts',
    '../os/log.ts',
  ];
  const urls = files.map((file) => new URL(file, import.meta.url).href);
  const log = memoryLog();
  const seen = { owner: 0, secret: 0 };
  for (let round = 0; round < 9; round++) {
    const dir = await mkdtemp(join(tmpdir(), 'b3iq-claim-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD, ...urls, dir], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let token = '';
    let told = false;
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('token ')) {
        token = line.slice(6);
        setTimeout(() => child.kill('SIGKILL'), round === 0 ? 5_000 : randomInt(0, 160));
      } else if (line === 'claimed') {
        told = true;
        child.kill('SIGKILL');
      }
    }
    const { store, notice } = await openSettings(dir, { clock: new FakeClock(), log });
    expect(notice).toBeNull();
    const { owner, secret } = store.read().claim;
    expect([owner, secret].filter((part) => part !== null)).toHaveLength(1);
    if (told) expect(owner).not.toBeNull();
    if (owner !== null) {
      seen.owner++;
      continue;
    }
    seen.secret++;
    const claim = await ClaimService.start({ store: slice(store, 'claim'), clock: systemClock, log });
    await claim.claim({ secret: token, owner: { name: 'Ada', password: 'correct horse battery' } });
    expect(claim.isClaimed()).toBe(true);
    await claim.close();
  }
  expect(seen.owner).toBeGreaterThan(0);
});
