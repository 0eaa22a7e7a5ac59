import { expect, it } from 'vitest';
import type { Readings } from '../health/types.ts';
import { machineFacts } from './facts.ts';

const whole: Readings = {
  processor: { model: 'A processor', cores: 8 },
  memoryBytes: 2 ** 34,
  diskFreeBytes: 1,
  graphics: [{ model: 'A card', memoryBytes: undefined }],
};

it('looks a machine up once, and again only while something is missing', async () => {
  const answers: Readings[] = [{ ...whole, graphics: undefined }, whole, { ...whole, graphics: [] }];
  let asked = 0;
  const facts = machineFacts(async () => answers[asked++] ?? whole);
  expect((await facts()).graphics).toEqual([]);
  const found = { processor: 'A processor', memoryBytes: 2 ** 34, graphics: [{ name: 'A card' }] };
  expect(await facts()).toMatchObject(found);
  expect(await facts()).toMatchObject(found);
  expect(asked).toBe(2);
});
