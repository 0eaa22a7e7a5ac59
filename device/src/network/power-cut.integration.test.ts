import { describe, expect, it } from 'vitest';
import { waitFor } from '../os/wait-for.ts';
import { type MemoryStore, memoryStore } from '../store/fake.ts';
import { type FakeRadio, fakeRadio } from './fake.ts';
import { hex, rig } from './fakes/test-rig.ts';
import { type NetworkSlice, networkSlice, noNetwork } from './types.ts';

/**
 * Power fails at every act of radio and disk, before it takes effect and after it has. The agent is gone, the radio
 * forgets what was not kept, the disk holds what was written; then the machine starts again.
 */
class PowerCut extends Error {}
/** Or only the agent dies: what the radio has in RAM is still there, and so is its link. */
type Fate = 'power' | 'agent';
type World = {
  readonly radio: FakeRadio;
  readonly store: MemoryStore<NetworkSlice>;
  readonly acts: () => number;
};

function world(
  cutAt: number,
  when: 'before' | 'after',
  radio: FakeRadio,
  store: MemoryStore<NetworkSlice>,
): World {
  let count = 0;
  const through =
    <A extends readonly unknown[], R>(act: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const isCut = ++count === cutAt;
      if (isCut && when === 'before') throw new PowerCut();
      if (count > cutAt) throw new PowerCut();
      const result = await act(...args);
      if (isCut) throw new PowerCut();
      return result;
    };
  return {
    radio: {
      ...radio,
      openHotspot: through(radio.openHotspot),
      connect: through(radio.connect),
      keep: through(radio.keep),
      forget: through(radio.forget),
      reconnect: through(radio.reconnect),
    },
    store: { ...store, update: through(store.update) },
    acts: () => count,
  };
}

/** Joins once with the power failing at act `cutAt`; starts again and waits until all is quiet. */
async function joinAndCut(
  cutAt: number,
  when: 'before' | 'after',
  known: boolean,
  password: string,
  fate: Fate,
) {
  const radio = fakeRadio();
  const store = memoryStore<NetworkSlice>(noNetwork, networkSlice);
  const first = rig({ radio, store, isClaimed: true });
  await first.hotspotUp();
  if (known) {
    first.join('Maple', 'correct horse');
    await first.ended();
    await first.quiet();
  }
  await first.service.close();

  const cut = world(cutAt, when, radio, store);
  const second = rig({ radio: cut.radio, store: cut.store, isClaimed: true });
  await second.until('the machine to be ready', () => {
    if (cut.acts() >= cutAt) return true;
    return known ? second.answer().current !== null : second.answer().hotspot?.up;
  });
  second.join('Linden', password);
  await second.until('the cut, or the end', () => {
    const { join, current, hotspot } = second.answer();
    return (
      cut.acts() >= cutAt ||
      (join.kind !== 'joining' && store.read().trial === null && (current !== null || hotspot?.up === true))
    );
  });
  const isCut = cut.acts() >= cutAt;
  await second.service.close();
  const isLeftOpen = store.read().trial !== null;
  if (fate === 'power') radio.cutPower();

  const third = rig({ radio, store, isClaimed: true });
  await third.until('the machine to be quiet', () => {
    const { current, hotspot } = third.answer();
    return store.read().trial === null && (current !== null || hotspot?.up === true);
  });
  await waitFor(async () => (await radio.look()).profiles.length <= 1, {
    timeoutMs: 2_000,
    what: 'one profile at most',
  });
  const end = { ...third.answer(), disk: store.read(), kept: radio.kept(), isCut, isLeftOpen };
  await third.service.close();
  return end;
}

describe.each([
  ['power that fails', 'with a known network', true, 'power'],
  ['power that fails', 'on a fresh machine', false, 'power'],
  ['an agent that dies', 'with a known network', true, 'agent'],
  ['an agent that dies', 'on a fresh machine', false, 'agent'],
] as const)('%s while joining %s', (_which, _what, known, fate) => {
  it.each([
    ['the right password', 'correct horse'],
    ['a wrong password', 'wrong horse'],
  ])('leaves it or the setup page at every act, with %s', async (_which, password) => {
    let cuts = 0;
    for (const when of ['before', 'after'] as const)
      for (let at = 1; ; at++) {
        const { current, hotspot, disk, kept, isCut, isLeftOpen, join } = await joinAndCut(
          at,
          when,
          known,
          password,
          fate,
        );
        const seen = `cut ${when} act ${at}`;
        // The record and the radio agree, and one of them is in use.
        expect([seen, kept.map(({ id }) => id)]).toEqual([
          seen,
          disk.intent === null ? [] : [disk.intent.profile_id],
        ]);
        expect([seen, current?.ssid ?? null]).toEqual([seen, nameOf(disk)]);
        expect([seen, disk.intent === null]).toEqual([seen, hotspot?.up === true]);
        if (known) expect(['Maple', 'Linden']).toContain(current?.ssid);
        if (password !== 'correct horse') expect(nameOf(disk)).toBe(known ? 'Maple' : null);
        // Whoever waits at the page is told: of a try that was cut short, too.
        const isTold = disk.failed?.reason === 'interrupted' && join.kind === 'failed';
        if (isLeftOpen) expect([seen, isTold]).toEqual([seen, nameOf(disk) !== 'Linden']);
        if (!isCut) break;
        cuts++;
      }
    expect(cuts).toBeGreaterThanOrEqual(6);
  });
});

function nameOf({ intent }: NetworkSlice): string | null {
  return intent === null ? null : intent.ssid_hex === hex('Maple') ? 'Maple' : 'Linden';
}
