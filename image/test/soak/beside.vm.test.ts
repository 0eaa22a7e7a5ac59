/** Every unit the machine has, with every verb, asked for by the agent's user: all but the allowlist is refused. */
import { expect, it } from 'vitest';
import { beside } from '../support/beside.ts';
import { guestIn, machines } from '../support/prepared.ts';
import { note } from '../support/record.ts';

machines('each test its own');

it('every unit and verb beside the allowlist is refused', async () => {
  const { asked, granted } = await beside(await guestIn('unclaimed'), '.');
  expect(granted).toEqual([]);
  await note('refused', { calls: asked });
});
