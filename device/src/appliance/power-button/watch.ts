/** Reads the button and says what was asked for. Separate from main so that it runs on any pipe of events. */
import { createReadStream } from 'node:fs';
import type { Clock } from '../../os/clock.ts';
import { EVENT_BYTES, parseKeyChanges } from './parse.ts';
import { count, hasEnded, noSeries, PAUSE_MS, wishOf } from './state.ts';
import type { Wish } from './types.ts';

export interface WatchDeps {
  /** Event devices of the power button; a machine may have two for one key. */
  readonly devices: readonly string[];
  readonly clock: Clock;
  readonly onWish: (wish: Wish) => void;
}

/** Watches until a device ends, as when it is unplugged. @throws what node:fs throws for a device that cannot be read */
export async function watchButton({ devices, clock, onWish }: WatchDeps): Promise<void> {
  let series = noSeries;
  let timer: NodeJS.Timeout | undefined;
  const settle = () => {
    if (!hasEnded(series, clock.monotonicMs())) return;
    const wish = wishOf(series);
    series = noSeries;
    if (wish !== undefined) onWish(wish);
  };
  const hear = (change: 'pressed' | 'released') => {
    series = count(series, { kind: change, atMs: clock.monotonicMs() });
    clearTimeout(timer);
    timer = setTimeout(settle, PAUSE_MS + 10); // a timer may come a millisecond early
  };
  try {
    await Promise.race(devices.map((device) => read(device, hear)));
  } finally {
    clearTimeout(timer);
  }
}

async function read(device: string, hear: (change: 'pressed' | 'released') => void): Promise<void> {
  // A device gives whole events; a pipe may cut one in two.
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of createReadStream(device, { highWaterMark: EVENT_BYTES * 16 })) {
    const bytes = Buffer.concat([rest, chunk as Buffer]); // no encoding is set, so it is a Buffer
    for (const change of parseKeyChanges(bytes)) hear(change);
    rest = bytes.subarray(bytes.length - (bytes.length % EVENT_BYTES));
  }
}
