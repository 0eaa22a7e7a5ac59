/**
 * One power cut each, at a moment of an operation, and what must hold after it.
 * Separate because the boot tests try a few moments and the soak tests try many.
 */
import type { UpdateState } from '@b3iq/wire/local-api';
import { expect } from 'vitest';
import type { Guest } from '../../vm/guest.ts';
import { freePort } from '../../vm/ports.ts';
import { HOME, routerOn } from './air.ts';
import { readLabel } from './console.ts';
import { ownedByCable, untilBack } from './owned.ts';
import { byCable, type Person } from './person.ts';
import { done, guestIn } from './prepared.ts';
import { note } from './record.ts';
import type { ReleaseServer } from './release.ts';

/** Waits in the machine's own time; the moment of a cut is what is being varied. */
const pass = (guest: Guest, ms: number) => guest.must(`sleep ${(ms / 1000).toFixed(2)}`);

/** Cuts `afterMs` after the claim was sent, whether or not it was answered. */
export async function cutWhileClaiming(afterMs: number): Promise<void> {
  const port = await freePort();
  const guest = await guestIn('unclaimed', [{ host: port, guest: 80 }]);
  const label = await readLabel(guest);
  const answered = byCable(guest, port)
    .claim(label.setupCode)
    .then(
      () => true,
      () => false,
    );
  await Promise.race([answered, pass(guest, afterMs).catch(() => undefined)]);
  await guest.cutPower();
  const wasTold = await answered;
  await again(guest);
  const owner = byCable(guest, port);
  const { state } = await owner.setupState();
  // An owner who was told so is the owner.
  if (wasTold) expect(state).not.toBe('unclaimed');
  if (state === 'unclaimed') await owner.claim(label.setupCode);
  else {
    await owner.signIn();
    await expect(owner.claim(label.setupCode), 'the code is dead').rejects.toThrow(/40[0-9]/);
  }
  await note('cuts', { during: 'claiming', after_ms: afterMs, told: wasTold, state, outcome: 'survived' });
  await done(guest);
}

/** Cuts `afterMs` after a claimed machine was told to join another network. */
export async function cutWhileJoining(afterMs: number): Promise<void> {
  const { guest, owner } = await ownedByCable();
  await owner.join(HOME.ssid, 'not the password of this one');
  await pass(guest, afterMs);
  await guest.cutPower();
  await again(guest);
  await routerOn(guest, { ...HOME, security: 'mixed' });
  await guest.until(
    'the proven network',
    "nmcli -g IP4.ADDRESS dev show wlan0 | grep -q '^192\\.168\\.77\\.'",
    guest.limits.bootMs,
  );
  await owner.signIn();
  expect((await owner.networks()).current?.ssid).toBe(HOME.ssid);
  await note('cuts', { during: 'joining', after_ms: afterMs, outcome: 'survived' });
  await done(guest);
}

/** Cuts `afterMs` after an update has reached `phase`, and then finishes that update. */
export async function cutWhileUpdating(server: ReleaseServer, phase: Phase, afterMs: number): Promise<void> {
  const { guest, owner } = await ownedByCable({ updatesPort: server.port });
  await owner.findUpdate();
  await owner.api('/api/update/install', {});
  const begun = await owner.untilUpdate(
    `the phase ${phase}, or its end`,
    ({ state }) => state.kind === 'ready' || (state.kind === 'installing' && state.phase === phase),
  );
  await pass(guest, afterMs);
  const version = await cutAndLook(guest, owner);
  if (version === '1') {
    await beginAgain(owner);
    await owner.untilUpdate('a version ready to start', ({ state }) => state.kind === 'ready');
  }
  const was = begun.state.kind;
  await note('cuts', { during: `updating, ${phase}`, after_ms: afterMs, was, version, outcome: 'survived' });
  await done(guest);
}

/** Cuts `afterMs` after a machine in the middle of writing goes on. */
export async function cutWhileWriting(server: ReleaseServer, afterMs: number): Promise<void> {
  const { guest, owner } = await ownedByCable({ state: 'writing', updatesPort: server.port });
  expect((await owner.update()).state, 'it is in the middle').toMatchObject({
    kind: 'installing',
    phase: 'writing',
  });
  await pass(guest, afterMs);
  expect(await cutAndLook(guest, owner), 'half a version is none').toBe('1');
  await beginAgain(owner);
  await note('cuts', { during: 'updating, writing', after_ms: afterMs, version: '1', outcome: 'survived' });
  await done(guest);
}

type Phase = Extract<UpdateState, { kind: 'installing' }>['phase'];

/** Cuts, starts, and looks that the data is there. @returns the version that runs */
async function cutAndLook(guest: Guest, owner: Person): Promise<string> {
  await guest.cutPower();
  await again(guest);
  await owner.signIn();
  const { current } = await owner.update();
  expect(current.version, 'nobody asked for a restart into the new one but the cut').toMatch(/^[12]$/);
  expect(await guest.must('findmnt --noheadings --output SOURCE /var')).toBe('/dev/mapper/data');
  return current.version;
}

async function beginAgain(owner: Person): Promise<void> {
  await owner.findUpdate();
  await owner.api('/api/update/install', {});
  await owner.untilUpdate(
    'an update under way',
    ({ state }) => state.kind === 'installing' || state.kind === 'ready',
  );
}

/** Boots it again and waits for its page. */
async function again(guest: Guest): Promise<void> {
  await guest.boot();
  await untilBack(guest);
}
