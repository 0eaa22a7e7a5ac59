/**
 * Makes our own vectors: `node wire/scripts/vectors.ts` writes `vectors/ed25519-strict.json` and `vectors/dsse.json`.
 * Separate from the tests because the vectors are data for other implementations too; a test proves them fresh.
 * The keys in it are published and sign nothing real.
 */
import { writeFileSync } from 'node:fs';
import * as ed from '@noble/ed25519';
import { bytesToHex, concatBytes, hexToBytes, toBase64, utf8ToBytes } from '../src/bytes.ts';
import { publicKeyOf, signBytes } from '../src/ed25519.ts';
import { pae, seedSigner, sign } from '../src/sign.ts';

const ORDER = ed.Point.CURVE().n;
const P = ed.Point.CURVE().p;
/** RFC 8032 §7.1 TEST 1: published, so nobody can mistake it for a secret. */
const SEED =
  hexToBytes('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 32) ?? new Uint8Array();

/** A number as 32 little-endian bytes. */
function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** `n` times a point, for any `n` ≥ 0, by doubling: the library's own only takes numbers below the order. */
function times(point: ed.Point, n: bigint): ed.Point {
  let sum = ed.Point.ZERO;
  for (let bit = 1n << 255n; bit > 0n; bit >>= 1n) {
    sum = sum.double();
    if ((n & bit) !== 0n) sum = sum.add(point);
  }
  return sum;
}

/** The eight points whose eightfold is neutral, beginning with the neutral element. @see https://eprint.iacr.org/2020/1244 */
function smallOrderPoints(): readonly ed.Point[] {
  for (let y = 2n; ; y++) {
    try {
      const torsion = times(ed.Point.fromBytes(littleEndian(y)), ORDER);
      if (!times(torsion, 4n).is0()) return Array.from({ length: 8 }, (_, i) => times(torsion, BigInt(i)));
    } catch {
      // no point has this y
    }
  }
}

const hashToScalar = (...parts: Uint8Array[]) => fromLittleEndian(ed.hash(concatBytes(...parts))) % ORDER;

/** A signature made with a chosen R, as only the owner of the key could: S = r + k·a. */
function craft(R: Uint8Array, r: bigint, A: Uint8Array, a: bigint, message: Uint8Array): Uint8Array {
  return concatBytes(R, littleEndian((r + hashToScalar(R, A, message) * a) % ORDER));
}

/** Inputs on which libraries are known to differ, and what we hold both of ours to. */
export function strictVectors() {
  const message = utf8ToBytes('b3iq strict ed25519');
  const A = publicKeyOf(SEED);
  const a = ed.utils.getExtendedPublicKey(SEED).scalar;
  const good = signBytes(message, SEED);
  const s = fromLittleEndian(good.subarray(32));
  const small = smallOrderPoints();
  const order8 = small[1] ?? ed.Point.ZERO;
  const neutral = ed.Point.ZERO.toBytes();
  const r = hashToScalar(utf8ToBytes('a fixed nonce for a vector'));
  const R = times(ed.Point.BASE, r);
  const mixedKey = times(ed.Point.BASE, a).add(order8).toBytes();
  const mixedR = R.add(order8).toBytes();
  const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

  const keys: readonly [string, Uint8Array, boolean][] = [
    ['an ordinary key', A, true],
    ...small.map((point, i): [string, Uint8Array, boolean] => [
      `small-order key ${i} of 8`,
      point.toBytes(),
      false,
    ]),
    ['a key of mixed order', mixedKey, false],
    ['the neutral element written as y = p + 1', littleEndian(P + 1n), false],
    ['y = p, which is 0 not reduced', littleEndian(P), false],
    ['x = 0 with the sign bit set', littleEndian(1n | (1n << 255n)), false],
    ['y = 2, on which no point lies', littleEndian(2n), false],
    ['all bits set', new Uint8Array(32).fill(255), false],
    ['31 bytes', A.slice(0, 31), false],
    ['33 bytes', concatBytes(A, Uint8Array.of(0)), false],
    ['no bytes', new Uint8Array(), false],
  ];
  const signatures: readonly [string, Uint8Array, boolean][] = [
    ['an ordinary signature', good, true],
    ['a chosen nonce', craft(R.toBytes(), r, A, a, message), true],
    ['nonce zero, so that R is the neutral element', craft(neutral, 0n, A, a, message), false],
    ['S + L, the malleable twin', concatBytes(good.subarray(0, 32), littleEndian(s + ORDER)), false],
    ['S = L', concatBytes(good.subarray(0, 32), littleEndian(ORDER)), false],
    ['S with its highest bits set', concatBytes(good.subarray(0, 63), Uint8Array.of(0xff)), false],
    ['R of mixed order: valid only with the cofactor', craft(mixedR, r, A, a, message), false],
    ['R of order 8: valid only with the cofactor', craft(order8.toBytes(), 0n, A, a, message), false],
    ['R neutral, written as y = p + 1', craft(littleEndian(P + 1n), 0n, A, a, message), false],
    ['R neutral, with the sign bit set', craft(littleEndian(1n | (1n << 255n)), 0n, A, a, message), false],
    ['R is no point', concatBytes(littleEndian(2n), good.subarray(32)), false],
    ['R changed', flip(good, 0), false],
    ['S changed', flip(good, 32), false],
    ['all zeros', new Uint8Array(64), false],
    ['63 bytes', good.slice(0, 63), false],
    ['65 bytes', concatBytes(good, Uint8Array.of(0)), false],
    ['no bytes', new Uint8Array(), false],
  ];
  return {
    source: 'our own, by wire/scripts/vectors.ts; hex',
    keys: keys.map(([name, key, usable]) => ({ name, public_key: bytesToHex(key), usable })),
    public_key: bytesToHex(A),
    message: bytesToHex(message),
    signatures: signatures.map(([name, signature, valid]) => ({
      name,
      signature: bytesToHex(signature),
      valid,
    })),
  };
}

/** DSSE: what is signed for given types and payloads, and the envelopes that come of it. */
export function dsseVectors() {
  const signer = seedSigner(SEED);
  const cases: readonly [string, Uint8Array][] = [
    ['http://example.com/HelloWorld', utf8ToBytes('hello world')],
    ['', new Uint8Array()],
    ['application/vnd.b3iq.example.v1+json', utf8ToBytes('{"name":"naïve café ☕"}')],
    ['größe', utf8ToBytes('lengths count bytes')],
    ['t', Uint8Array.from({ length: 256 }, (_, i) => i)],
    ['DSSEv1 1 t 0 ', utf8ToBytes('DSSEv1 1 t 0 ')],
  ];
  return {
    source:
      'our own, by wire/scripts/vectors.ts; the first is the example of DSSE protocol.md, signed with our key',
    seed: bytesToHex(SEED),
    public_key: bytesToHex(publicKeyOf(SEED)),
    cases: cases.map(([type, payload]) => ({
      payload_type: type,
      payload: toBase64(payload),
      pae: bytesToHex(pae(type, payload)),
      envelope: sign(type, payload, signer),
    })),
  };
}

if (import.meta.main) {
  const write = (name: string, value: unknown) =>
    writeFileSync(new URL(`../vectors/${name}.json`, import.meta.url), `${JSON.stringify(value, null, 2)}\n`);
  write('ed25519-strict', strictVectors());
  write('dsse', dsseVectors());
}
