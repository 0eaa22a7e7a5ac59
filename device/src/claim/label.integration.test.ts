import { describe, expect, test } from 'vitest';
import { FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { memoryStore } from '../store/fake.ts';
import { formatLabelFile, type Label, parseLabelFile, secretOf } from './label.ts';
import { ClaimService } from './service.ts';
import { claimSlice, noClaim } from './types.ts';

const SECRET = 'N7K42QRS';
const facts = {
  short_name: 'B3IQ-ZT0J',
  node_id: 'node_72asyextvngonlc5w2nmguxza3frweppip5thyss5577kurghceq',
  sealed_by: 'self',
  claim_epoch: 'a1',
  hotspot_ssid: 'B3IQ-ZT0J',
} as const;
const sealed = async (secret = SECRET): Promise<Label> => {
  const label = parseLabelFile(await formatLabelFile(facts, secret));
  if (label === undefined) throw new Error('a label that was just written does not read back');
  return label;
};
const passwordCost = { memoryKib: 64, passes: 1, parallelism: 1 };
const owner = { name: 'Ada', password: 'correct horse battery' };

async function machine() {
  const store = memoryStore(noClaim, claimSlice);
  const start = () => ClaimService.start({ store, clock: new FakeClock(), log: memoryLog(), passwordCost });
  return { store, start };
}

describe('the label’s file', () => {
  test('reads back as it was sealed, without the secret in it', async () => {
    const text = await formatLabelFile(facts, SECRET);
    expect(parseLabelFile(text)).toMatchObject({ version: 1, ...facts });
    expect(text).not.toContain(SECRET);
  });

  test('has a salt of its own each time', async () => {
    expect((await sealed()).scrypt).not.toBe((await sealed()).scrypt);
  });

  test.each([
    ['nothing', ''],
    ['a cut file', '{"version":1,'],
    [
      'another name',
      JSON.stringify({
        version: 1,
        ...facts,
        short_name: 'evil.local',
        salt: '0'.repeat(32),
        scrypt: '0'.repeat(64),
      }),
    ],
    [
      'another node',
      JSON.stringify({
        version: 1,
        ...facts,
        node_id: 'node_x',
        salt: '0'.repeat(32),
        scrypt: '0'.repeat(64),
      }),
    ],
    ['a short hash', JSON.stringify({ version: 1, ...facts, salt: '0'.repeat(32), scrypt: '00' })],
    [
      'more than a label',
      JSON.stringify({
        version: 1,
        ...facts,
        salt: '0'.repeat(32),
        scrypt: '0'.repeat(64),
        claim_secret: SECRET,
      }),
    ],
    ['a newer form', JSON.stringify({ version: 2, ...facts, salt: '0'.repeat(32), scrypt: '0'.repeat(64) })],
  ])('is not taken from %s', (_what, text) => {
    expect(parseLabelFile(text)).toBeUndefined();
  });
});

describe('a machine with a label', () => {
  test('is claimed with the code on it', async () => {
    const claim = await (await machine()).start();
    await claim.armWith(secretOf(await sealed()));
    expect(claim.secretKind()).toBe('label');
    expect((await claim.claim({ secret: 'n7k4 2qrs', owner })).ownerName).toBe('Ada');
    await claim.close();
  });

  test('with an owner is never armed again, whatever it was sealed with since', async () => {
    const { start, store } = await machine();
    const claim = await start();
    await claim.armWith(secretOf(await sealed()));
    await claim.claim({ secret: SECRET, owner });
    await claim.armWith(secretOf(await sealed('ABCDEFGH')));
    expect(store.read().secret).toBeNull();
    expect(claim.ownerName()).toBe('Ada');
    await claim.close();
  });

  test('forgets no try when it is armed anew at a start', async () => {
    const { start } = await machine();
    const label = secretOf(await sealed());
    const first = await start();
    await first.armWith(label);
    await expect(first.claim({ secret: 'ABCDEFGH', owner })).rejects.toMatchObject({
      code: 'claim_secret_wrong',
    });
    await first.close();
    const again = await start();
    await again.armWith(label);
    expect(again.claimStanding().triesLeft).toBe(4);
    await again.close();
  });
});
