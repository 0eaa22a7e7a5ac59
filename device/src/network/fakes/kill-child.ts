/**
 * A process that joins a network and can be killed at any act: the real service and the real settings on disk, over a
 * radio that lives in the process that started it, as NetworkManager outlives the agent. Used by the kill test alone.
 */

import { memoryLog } from '../../os/log.ts';
import { waitFor } from '../../os/wait-for.ts';
import type { Store } from '../../store/port.ts';
import { openSettings } from '../../store/settings.ts';
import { slice } from '../../store/slice.ts';
import type { Radio } from '../port.ts';
import { NetworkService } from '../service.ts';
import type { NetworkSlice } from '../types.ts';
import { FakeTime } from './fake-time.ts';
import type { ChildAsks, ParentSays } from './kill-messages.ts';
import { hex } from './test-rig.ts';

const [, , dir = ''] = process.argv;
const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
const listeners = new Set<() => void>();
let onAddress = () => {};
let asked = 0;

process.on('message', (said: ParentSays) => {
  if (said.kind === 'changed') for (const listener of listeners) listener();
  if (said.kind === 'address') onAddress();
  if (said.kind === 'done') waiting.get(said.id)?.resolve(said.value);
  if (said.kind === 'failed') waiting.get(said.id)?.reject(new Error('the radio failed'));
});
/** Asks the parent to do something; never answered when it kills us there. */
function ask(name: ChildAsks['name'], ...args: readonly unknown[]): Promise<never> {
  const id = ++asked;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve: resolve as (value: unknown) => void, reject }); // what the radio's own method gives
    process.send?.({ id, name, args } satisfies ChildAsks);
  });
}

const radio: Radio = {
  simulated: true,
  look: () => ask('look'),
  scan: () => ask('scan'),
  openHotspot: (hotspot, subnet) => ask('openHotspot', hotspot, subnet),
  closeHotspot: () => ask('closeHotspot'),
  connect(profile, told) {
    onAddress = told;
    return ask('connect', profile);
  },
  probe: () => ask('probe'),
  keep: (id) => ask('keep', id),
  forget: (ids) => ask('forget', ids),
  reconnect: (id) => ask('reconnect', id),
  onChange(listener) {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
  async close() {},
};
const time = new FakeTime(5_000);
const parts = { clock: time, log: memoryLog() };
const settings = slice((await openSettings(dir, parts)).store, 'network');
const store: Store<NetworkSlice> = {
  read: () => settings.read(),
  async update(change) {
    await ask('record');
    const written = await settings.update(change);
    await ask('recorded');
    return written;
  },
};
const service = new NetworkService({
  ...parts,
  radio,
  store,
  hotspot: { ssid: 'B3IQ-N7K4', password: 'a label password' },
  sleep: time.sleep,
  owner: () => ({ isClaimed: true, isSettled: true }),
});
service.start();
const until = (what: string, is: () => boolean) => waitFor(is, { timeoutMs: 20_000, what, everyMs: 2 });
await until('the known network', () => service.answer().current !== null);
await ask('begin');
service.join({ ssid_hex: hex('Linden'), password: 'correct horse' });
await until('the new network', () => service.answer().current?.ssid === 'Linden');
await until('the record', () => settings.read().trial === null);
await ask('over');
