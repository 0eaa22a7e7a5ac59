import { mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { systemClock } from '../../os/clock.ts';
import { waitFor } from '../../os/wait-for.ts';
import { EVENT_BYTES } from './parse.ts';
import type { Wish } from './types.ts';
import { watchButton } from './watch.ts';

/** @see linux/input.h */
function event(type: number, code: number, value: number): Buffer {
  const bytes = Buffer.alloc(EVENT_BYTES, 0x55); // whatever time it says
  bytes.writeUInt16LE(type, 16);
  bytes.writeUInt16LE(code, 18);
  bytes.writeInt32LE(value, 20);
  return bytes;
}
const press = (code = 116) =>
  Buffer.concat([event(1, code, 1), event(0, 0, 0), event(1, code, 2), event(1, code, 0), event(0, 0, 0)]);

test('presses through a pipe, cut anywhere, with other keys between them, are counted', async () => {
  const pipe = join(await mkdtemp(join(tmpdir(), 'b3iq-button-')), 'event');
  await execa('mkfifo', [pipe]);
  const wishes: Wish[] = [];
  const watching = watchButton({ devices: [pipe], clock: systemClock, onWish: (wish) => wishes.push(wish) });
  const writer = await open(pipe, 'w');
  const five = Buffer.concat([press(), press(30), press(), press(), press(), press()]);
  await writer.write(five.subarray(0, 31));
  await writer.write(five.subarray(31));
  await waitFor(() => wishes.length > 0, { timeoutMs: 10_000, what: 'the wish for a reset' });
  await writer.write(press());
  await waitFor(() => wishes.length > 1, { timeoutMs: 10_000, what: 'the wish to switch off' });
  await writer.close();
  await watching;
  expect(wishes).toEqual(['factory-reset', 'power-off']);
});
