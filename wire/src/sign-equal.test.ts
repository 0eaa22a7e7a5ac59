/** The two Ed25519 libraries must give the same answer to everything, honest or not. */
import { readFileSync } from 'node:fs';
import * as ed from '@noble/ed25519';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dsseVectors, strictVectors } from '../scripts/vectors.ts';
import { concatBytes, fromBase64, hexToBytes, toBase64 } from './bytes.ts';
import { isUsablePublicKey, publicKeyOf, signBytes } from './ed25519.ts';
import { pae, seedSigner, sign, Verifier, verifyKey } from './sign.ts';
import { nodeSigner, nodeVerifyKey, privateKeyOfSeed, rawPublicKey, seedOf } from './sign-node.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
const hex = (text: string): Uint8Array => hexToBytes(text) ?? expect.fail(`not hex: ${text}`);

/** The answers of both libraries; undefined where the key itself is refused. */
function answers(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) {
  return {
    plain: verifyKey(publicKey)?.verify(message, signature),
    openssl: nodeVerifyKey(publicKey)?.verify(message, signature),
  };
}
const both = (answer: boolean | undefined) => ({ plain: answer, openssl: answer });

describe('RFC 8032 vectors', () => {
  const { vectors } = read('rfc8032') as {
    // the shape of our own file
    vectors: { name: string; seed: string; public_key: string; message: string; signature: string }[];
  };
  it('are all five there are', () => expect(vectors).toHaveLength(5));

  it.each(vectors)('$name comes out the same from both', (vector) => {
    const [seed, publicKey, message] = [hex(vector.seed), hex(vector.public_key), hex(vector.message)];
    const key = privateKeyOfSeed(seed);
    expect(publicKeyOf(seed)).toEqual(publicKey);
    expect(rawPublicKey(key)).toEqual(publicKey);
    expect(seedOf(key)).toEqual(seed);
    expect(seedSigner(seed).sign(message)).toEqual(hex(vector.signature));
    expect(Uint8Array.from(nodeSigner(key).sign(message))).toEqual(hex(vector.signature));
    expect(nodeSigner(key).keyId).toBe(seedSigner(seed).keyId);
    expect(answers(publicKey, message, hex(vector.signature))).toEqual(both(true));
    expect(answers(publicKey, concatBytes(message, Uint8Array.of(0)), hex(vector.signature))).toEqual(
      both(false),
    );
  });
});

describe('inputs on which libraries differ', () => {
  const vectors = strictVectors();
  it('are the frozen ones', () => expect(read('ed25519-strict')).toEqual(vectors));

  it.each(vectors.keys)('a key: $name', ({ public_key, usable }) => {
    expect(isUsablePublicKey(hex(public_key))).toBe(usable);
    expect(verifyKey(hex(public_key)) !== undefined).toBe(usable);
    expect(nodeVerifyKey(hex(public_key)) !== undefined).toBe(usable);
  });

  it.each(vectors.signatures)('a signature: $name', ({ signature, valid }) => {
    expect(answers(hex(vectors.public_key), hex(vectors.message), hex(signature))).toEqual(both(valid));
  });

  it('are not all caught by the library alone, which is why we check R too', () => {
    const mixed = vectors.signatures.find(({ name }) => name.startsWith('R of mixed order'));
    const [signature, message] = [hex(mixed?.signature ?? ''), hex(vectors.message)];
    expect(ed.verify(signature, message, hex(vectors.public_key), { zip215: false })).toBe(true);
  });
});

describe('DSSE vectors', () => {
  const vectors = dsseVectors();
  it('are the frozen ones', () => expect(read('dsse')).toEqual(vectors));

  it("begin with the specification's own example of what is signed", () => {
    expect(new TextDecoder().decode(hex(vectors.cases[0]?.pae ?? ''))).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });

  it.each(vectors.cases)('type "$payload_type" is signed and verified alike', (vector) => {
    const payload = fromBase64(vector.payload) ?? expect.fail('not base64');
    expect(pae(vector.payload_type, payload)).toEqual(hex(vector.pae));
    const key = privateKeyOfSeed(hex(vectors.seed));
    expect(sign(vector.payload_type, payload, nodeSigner(key))).toEqual(vector.envelope);
    for (const trusted of [verifyKey(hex(vectors.public_key)), nodeVerifyKey(hex(vectors.public_key))]) {
      const verifier = new Verifier([
        { key: trusted ?? expect.fail('unusable'), payloadTypes: [vector.payload_type] },
      ]);
      expect(verifier.verify(vector.envelope, vector.payload_type)).toMatchObject({ ok: true, payload });
    }
  });
});

describe('random input', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

  it('is signed to the same bytes, and verified, by both', () => {
    fc.assert(
      fc.property(bytes(32), fc.uint8Array({ maxLength: 200 }), (seed, message) => {
        const key = privateKeyOfSeed(seed);
        const signature = signBytes(message, seed);
        expect(toBase64(nodeSigner(key).sign(message))).toBe(toBase64(signature));
        expect(answers(publicKeyOf(seed), message, signature)).toEqual(both(true));
      }),
      { numRuns: 25 },
    );
  });

  it('with one bit changed anywhere is refused by both', () => {
    const seed = new Uint8Array(32).fill(9);
    const message = Uint8Array.of(1, 2, 3);
    const [publicKey, signature] = [publicKeyOf(seed), signBytes(message, seed)];
    fc.assert(
      fc.property(fc.nat(511), (bit) => {
        const changed = signature.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        expect(answers(publicKey, message, changed)).toEqual(both(false));
      }),
      { numRuns: 40 },
    );
  });

  it('as a key is usable to both or to neither, and no signature of noise is valid', () => {
    fc.assert(
      fc.property(bytes(32), bytes(64), (key, signature) => {
        const { plain, openssl } = answers(key, new Uint8Array(), signature);
        expect(openssl).toBe(plain);
        expect(plain).not.toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('of another length than 32 is no seed', () => {
    expect(() => privateKeyOfSeed(new Uint8Array(31))).toThrow(RangeError);
    expect(() => seedSigner(new Uint8Array(33))).toThrow(RangeError);
  });
});
