/** A machine's network for tests: the real service over the simulated street, a disk in memory, time that stands still. */
import { memoryLog } from '../../os/log.ts';
import { waitFor } from '../../os/wait-for.ts';
import { type MemoryStore, memoryStore } from '../../store/fake.ts';
import { type FakeRadio, type FakeRadioOptions, fakeRadio } from '../fake.ts';
import { ssidToHex } from '../parse.ts';
import { type NetworkDeps, NetworkService } from '../service.ts';
import { type NetworkSlice, networkSlice, noNetwork } from '../types.ts';
import { FakeTime } from './fake-time.ts';

export interface RigOptions extends FakeRadioOptions {
  readonly radio?: FakeRadio;
  readonly store?: MemoryStore<NetworkSlice>;
  readonly isClaimed?: boolean;
  readonly isSettled?: boolean;
  readonly more?: Partial<NetworkDeps>;
}

export function rig(options: RigOptions = {}) {
  const radio = options.radio ?? fakeRadio(options);
  const store = options.store ?? memoryStore<NetworkSlice>(noNetwork, networkSlice);
  const time = new FakeTime();
  const log = memoryLog();
  const owner = { isClaimed: options.isClaimed ?? false, isSettled: options.isSettled ?? false };
  let changes = 0;
  const service = new NetworkService({
    radio,
    hotspot: { ssid: 'B3IQ-N7K4', password: 'a label password' },
    store,
    clock: time,
    sleep: time.sleep,
    log,
    owner: () => owner,
    nextUrl: () => 'http://b3iq-n7k4.local/',
    onChange: () => changes++,
    ...options.more,
  });
  service.start();

  /** Waits until `is` holds, letting time pass a second for each look. */
  async function until<T>(what: string, is: () => T | undefined | false): Promise<T> {
    return waitFor(
      () => {
        const value = is();
        if (value === undefined || value === false) time.advance(1_000);
        return value;
      },
      { timeoutMs: 5_000, what, everyMs: 1 },
    );
  }
  const answer = () => service.answer();
  return {
    radio,
    store,
    time,
    log,
    service,
    owner,
    changes: () => changes,
    answer,
    until,
    hotspotUp: () => until('the hotspot to be up', () => answer().hotspot?.up === true),
    /** The join's end. */
    ended: () =>
      until('the join to end', () => {
        const { join } = answer();
        return join.kind !== 'joining' && join.kind !== 'idle' && join;
      }),
    /** Nothing more to do: the last write is through. */
    quiet: () => until('the record to be whole', () => store.read().trial === null && store.read()),
    join: (name: string, password?: string, more: object = {}) =>
      service.join({ ssid_hex: hex(name), ...(password === undefined ? {} : { password }), ...more }),
  };
}

export const hex = (name: string) => ssidToHex(new TextEncoder().encode(name));
