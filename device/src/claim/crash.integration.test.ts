import { spawn } from 'node:child_process';
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

/** A claim takes about 160 ms: one round for each part of them, at a random moment of it, after one that may end. */
const momentMs = (round: number): number =>
  round === 0 ? 10_000 : ((round - 1 + Math.random()) * 160) / (ROUNDS - 1);
/** Each run strikes at other moments; `B3IQ_KILL_ROUNDS=100` strikes more of them at once. */
const ROUNDS = Number(process.env.B3IQ_KILL_ROUNDS ?? 5);

/** Mints, tells the token, tries a wrong one, claims, tells of it. */
const CHILD = `
  const [, settings, slices, services, clocks, logs, dir] = process.argv;
  const { openSettings } = await import(settings);
  const { slice } = await import(slices);
  const { ClaimService } = await import(services);
  const parts = { clock: (await import(clocks)).systemClock, log: (await import(logs)).jsonLog('error') };
  (await import('node:module')).flushCompileCache(); // a killed process leaves none to the next round
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
  for (let round = 0; round < ROUNDS; round++) {
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
        setTimeout(() => child.kill('SIGKILL'), momentMs(round));
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
      expect(owner.password).toMatch(/^\$argon2id\$v=19\$m=32768,t=3,p=1\$/); // the cost nobody asked for is the real one
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
