import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

const never = new AbortController().signal;

test('slots are given in the order of asking', async () => {
  const slots = new Slots(['a']);
  const first = await slots.take(never);
  const order: number[] = [];
  const waiting = [1, 2, 3].map(async (number) => {
    const slot = await slots.take(never);
    order.push(number);
    slots.give(slot);
  });
  expect({ busy: slots.busy, waiting: slots.waiting, total: slots.total }).toEqual({
    busy: 1,
    waiting: 3,
    total: 1,
  });
  slots.give(first);
  await Promise.all(waiting);
  expect(order).toEqual([1, 2, 3]);
  expect({ busy: slots.busy, waiting: slots.waiting }).toEqual({ busy: 0, waiting: 0 });
});

test('who gives up leaves the queue, and takes no slot along', async () => {
  const slots = new Slots(['a']);
  const held = await slots.take(never);
  const impatient = new AbortController();
  const gone = slots.take(impatient.signal);
  const patient = slots.take(never);
  impatient.abort(new Error('left'));
  await expect(gone).rejects.toThrow('left');
  await expect(slots.take(impatient.signal)).rejects.toThrow('left');
  slots.give(held);
  expect(await patient).toBe('a');
  expect(slots.waiting).toBe(0);
});

test('among free slots the preferred one is given, and a wish for none gets the first', async () => {
  const slots = new Slots(['a', 'b', 'c']);
  expect(await slots.take(never, () => 'b')).toBe('b');
  expect(await slots.take(never, () => undefined)).toBe('a');
  expect(await slots.take(never, () => 'not there')).toBe('c');
});
