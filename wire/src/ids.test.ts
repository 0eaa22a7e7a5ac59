import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BASE32_LOWER, CROCKFORD, encodeBase32, newLabelSecret, normaliseCrockford } from './crockford.ts';
import * as ids from './ids.ts';
import { ulid } from './ulid.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const ms = fc.nat({ max: 2 ** 48 - 1 });

/** Every id: how it is read, and how one is made. */
const kinds = [
  ['node', ids.parseNodeId, bytes(32).map(ids.nodeIdOf)],
  ['signing key', ids.parseSigningKeyId, bytes(32).map(ids.signingKeyIdOf)],
  [
    'receipt',
    ids.parseReceiptId,
    fc.tuple(ms, bytes(10)).map(([at, random]) => ids.newReceiptId(at, random)),
  ],
  ['batch', ids.parseBatchId, fc.tuple(ms, bytes(10)).map(([at, random]) => ids.newBatchId(at, random))],
  ['grant', ids.parseGrantId, fc.tuple(ms, bytes(10)).map(([at, random]) => ids.newGrantId(at, random))],
  [
    'benchmark',
    ids.parseBenchmarkId,
    fc.tuple(ms, bytes(10)).map(([at, random]) => ids.newBenchmarkId(at, random)),
  ],
  ['claim epoch', ids.parseClaimEpoch, bytes(16).map(ids.newClaimEpoch)],
  ['hash', ids.parseSha256, bytes(5).map(ids.sha256Of)],
] as const satisfies readonly (readonly [
  string,
  (text: string) => string | undefined,
  fc.Arbitrary<string>,
])[];

describe.each(kinds)(
  'a %s id',
  (_, parse: (text: string) => string | undefined, made: fc.Arbitrary<string>) => {
    it('is read as it was made, and in no other spelling', () => {
      fc.assert(
        fc.property(made, (id) => {
          expect(parse(id)).toBe(id);
          for (const other of [` ${id}`, `${id}\n`, `${id}0`, id.slice(0, -1), `x${id.slice(1)}`])
            expect(parse(other)).toBeUndefined();
        }),
      );
    });
    it('is not found in arbitrary text', () => {
      fc.assert(fc.property(fc.string(), (text) => void expect(parse(text)).toBeUndefined()));
    });
  },
);

describe('ids', () => {
  it('of a node are the hash of its first key in base32, as others compute it', () => {
    const key = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
    expect(ids.nodeIdOf(key)).toBe('node_eh7ddx5bksrgcytl7bkai36se4nxx3klnk7elksyq57pi74xeg4q');
    expect(ids.signingKeyIdOf(key)).toBe(createHash('sha256').update(key).digest('hex'));
  });
  it('of a node whose unused bits are set are refused', () => {
    const id = ids.nodeIdOf(new Uint8Array(32));
    for (const last of 'bcdefghijklmnoprstuvwxyz234567')
      expect(ids.parseNodeId(id.slice(0, -1) + last)).toBeUndefined();
  });
  it('of a key or a model are what their patterns say', () => {
    expect(ids.parseKeyId('key_0123456789abcdEF')).toBe('key_0123456789abcdEF');
    expect(ids.parseKeyId('key_0123456789abcdE')).toBeUndefined();
    expect(ids.parseModelId('llama3.1:8b')).toBe('llama3.1:8b');
    for (const name of ['', '-x', 'a b', 'a\n', '../x'.slice(0, 2), 'x'.repeat(201), 'é'])
      expect(ids.parseModelId(name)).toBeUndefined();
  });
  it('sort by the time they were made', () => {
    fc.assert(
      fc.property(ms, ms, bytes(10), bytes(10), (a, b, r, s) => {
        if (a !== b) expect(ulid(a, r) < ulid(b, s)).toBe(a < b);
      }),
    );
    expect(ulid(1_469_918_176_385, new Uint8Array(10))).toBe('01ARYZ6S410000000000000000');
  });
  it('need whole times and the right amount of randomness', () => {
    for (const at of [-1, 0.5, 2 ** 48, Number.NaN])
      expect(() => ulid(at, new Uint8Array(10))).toThrow(RangeError);
    expect(() => ulid(0, new Uint8Array(9))).toThrow(RangeError);
    expect(() => ids.newClaimEpoch(new Uint8Array(15))).toThrow(RangeError);
    expect(() => newLabelSecret(new Uint8Array(4))).toThrow(RangeError);
  });
});

describe('base32', () => {
  it('is what RFC 4648 gives for "foobar"', () => {
    expect(encodeBase32(new TextEncoder().encode('foobar'), BASE32_LOWER)).toBe('mzxw6ytboi');
    expect(encodeBase32(new Uint8Array(), BASE32_LOWER)).toBe('');
  });
  it('differs for different bytes of one length', () => {
    fc.assert(
      fc.property(bytes(7), bytes(7), (a, b) => {
        expect(encodeBase32(a, CROCKFORD) === encodeBase32(b, CROCKFORD)).toBe(
          a.every((byte, i) => byte === b[i]),
        );
      }),
    );
  });
});

describe('a label secret', () => {
  it('is read however people type it', () => {
    for (const typed of ['7q4k0m21', '7Q4K-0M21', ' 7q4k om2l ', '7Q4KOM2I', '7-Q-4-K-0-M-2-1'])
      expect(normaliseCrockford(typed, 8)).toBe('7Q4K0M21');
  });
  it('is refused with a character that is not in the alphabet, or of another length', () => {
    for (const typed of ['7Q4K0M2U', '7Q4K0M2', '7Q4K0M211', '', '7Q4K0M2ı', `7Q4K0M21${' '.repeat(40)}`])
      expect(normaliseCrockford(typed, 8)).toBeUndefined();
  });
  it('is its own normal form', () => {
    fc.assert(
      fc.property(bytes(5), (random) => {
        const secret = newLabelSecret(random);
        expect(normaliseCrockford(secret.toLowerCase(), 8)).toBe(secret);
      }),
    );
  });
  it('normalises any text to itself or nothing', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        const once = normaliseCrockford(typed, 8);
        if (once !== undefined) expect(normaliseCrockford(once, 8)).toBe(once);
      }),
    );
  });
});
