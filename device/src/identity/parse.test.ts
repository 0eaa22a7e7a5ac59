import { bytesToHex, nodeIdOf, publicKeyOf } from '@b3iq/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeIdentity, recordOf } from './judge.ts';
import { formatKeyFile, formatRecord, parseKeyFile, parseRecord } from './parse.ts';
import type { Found, KeyMaterial, PublicRecord } from './types.ts';

const seedOne = new Uint8Array(32).fill(1);
const keyOf = (seed: Uint8Array, keyEpoch = 0): KeyMaterial => ({
  seed,
  publicKey: publicKeyOf(seed),
  keyEpoch,
});
const one = keyOf(seedOne);
const two = keyOf(new Uint8Array(32).fill(2));

describe('the key file', () => {
  const text = formatKeyFile(seedOne, 3);
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(1000), (seed, epoch) => {
        expect(parseKeyFile(formatKeyFile(seed, epoch))).toEqual(keyOf(seed, epoch));
      }),
      { numRuns: 15 },
    );
  });
  it('with any one bit flipped is the same key or none, never another', () => {
    const bytes = new TextEncoder().encode(text);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      const parsed = parseKeyFile(new TextDecoder().decode(flipped));
      if (parsed !== undefined) expect(parsed).toEqual(keyOf(seedOne, 3));
    }
  });
  it('cut off anywhere is none', () => {
    for (let end = 0; end < text.trimEnd().length; end++)
      expect(parseKeyFile(text.slice(0, end))).toBeUndefined();
  });
  it('is none when it is anything else', () => {
    fc.assert(fc.property(fc.string(), (other) => void expect(parseKeyFile(other)).toBeUndefined()));
    fc.assert(fc.property(fc.json(), (other) => void expect(parseKeyFile(other)).toBeUndefined()));
    expect(parseKeyFile(text.replace('"version": 1', '"version": 2'))).toBeUndefined();
    expect(parseKeyFile(text.replace('"version"', '"extra": 1,\n  "version"'))).toBeUndefined();
    expect(parseKeyFile(text.replace('"key_epoch": 3', '"key_epoch": 2'))).toBeUndefined();
  });
});

describe('the public record', () => {
  const record: PublicRecord = {
    ...recordOf(two),
    predecessors: [
      {
        node_id: nodeIdOf(one.publicKey),
        first_public_key: bytesToHex(one.publicKey),
        key_epoch: 0,
        broken: true,
      },
    ],
  };
  const text = formatRecord(record);
  it('is read as it was written, and holds no secret', () => {
    expect(parseRecord(text)).toEqual(record);
    expect(text).not.toContain(bytesToHex(two.seed));
  });
  it('whose id is not that of its key is none, in a predecessor as well', () => {
    const other = nodeIdOf(new Uint8Array(32));
    expect(parseRecord(text.replace(record.node_id, other))).toBeUndefined();
    expect(parseRecord(text.replace(nodeIdOf(one.publicKey), other))).toBeUndefined();
    expect(parseRecord(text.replace(record.node_id, 'node_x'))).toBeUndefined();
  });
  it('is none when it is anything else', () => {
    fc.assert(fc.property(fc.json(), (other) => void expect(parseRecord(other)).toBeUndefined()));
    expect(parseRecord(text.slice(1))).toBeUndefined();
    expect(parseRecord(text.replace('"broken": true', '"broken": false'))).toBeUndefined();
  });
});

describe('judging both files', () => {
  const absent = { kind: 'absent' } as const;
  const damaged = { kind: 'damaged', reason: 'Damaged.' } as const;
  const key: Found<KeyMaterial> = { kind: 'found', value: one };
  const record: Found<PublicRecord> = { kind: 'found', value: recordOf(one) };
  const nodeId = nodeIdOf(one.publicKey);

  it.each([
    ['nothing at all is a first start', absent, absent, { kind: 'create' }],
    ['a record without its key is lost', absent, record, { kind: 'lost', nodeId }],
    ['a damaged record without a key is no first start', absent, damaged, { kind: 'corrupt' }],
    [
      'a damaged key is corrupt, and the record says whose',
      damaged,
      record,
      { kind: 'corrupt', nodeId, reason: 'Damaged.' },
    ],
    ['a damaged key alone is corrupt', damaged, absent, { kind: 'corrupt', reason: 'Damaged.' }],
    ['both damaged is corrupt', damaged, damaged, { kind: 'corrupt', reason: 'Damaged.' }],
    ['a key and its record are ready', key, record, { kind: 'ready', repaired: 'nothing' }],
    [
      'a key without its record is ready',
      key,
      absent,
      { kind: 'ready', repaired: 'missing', record: recordOf(one) },
    ],
    ['a key with a damaged record is ready', key, damaged, { kind: 'ready', repaired: 'damaged' }],
    [
      'a key of somebody else is corrupt',
      { kind: 'found', value: two } as const,
      record,
      { kind: 'corrupt', nodeId },
    ],
  ])('%s', (_, foundKey, foundRecord, verdict) => {
    expect(judgeIdentity(foundKey, foundRecord)).toMatchObject(verdict);
  });
});
