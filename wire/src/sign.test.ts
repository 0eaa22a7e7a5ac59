/** What an envelope must be before anybody may read it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64 } from './bytes.ts';
import { publicKeyOf } from './ed25519.ts';
import {
  type Envelope,
  MAX_PAYLOAD_BYTES,
  MAX_SIGNATURES,
  seedSigner,
  sign,
  type TrustedKey,
  Verifier,
  verifyKey,
} from './sign.ts';
import { nodeSigner, nodeVerifyKey, privateKeyOfSeed } from './sign-node.ts';

const seeds = Array.from({ length: MAX_SIGNATURES + 1 }, (_, i) => new Uint8Array(32).fill(i + 1));
const signers = seeds.map((seed) => nodeSigner(privateKeyOfSeed(seed)));
const [alice, bob, carol] = signers as [(typeof signers)[0], (typeof signers)[0], (typeof signers)[0]]; // there are 5
const trust = (index: number, ...payloadTypes: string[]): TrustedKey => ({
  key: nodeVerifyKey(publicKeyOf(seeds[index] ?? new Uint8Array())) ?? expect.fail('unusable'),
  payloadTypes,
});
const payload = new TextEncoder().encode('{"a":1}');
const verifier = new Verifier([trust(0, 'job', 'grant'), trust(1, 'job')]);
const good = sign('job', payload, alice);
const refusal = (envelope: unknown, type = 'job', by = verifier) => {
  const answer = by.verify(envelope, type);
  return answer.ok ? 'accepted' : answer.reason;
};
const withSig = (sig: string): Envelope => ({ ...good, signatures: [{ keyid: alice.keyId, sig }] });

describe('a good envelope', () => {
  it('gives the exact bytes and who signed them', () => {
    expect(verifier.verify(good, 'job')).toEqual({ ok: true, payload, keyIds: [alice.keyId] });
  });
  it('may carry several signatures, and need them', () => {
    const two = new Verifier([trust(0, 'job'), trust(1, 'job')], 2);
    expect(two.verify(sign('job', payload, bob, alice), 'job')).toMatchObject({
      ok: true,
      keyIds: [bob.keyId, alice.keyId],
    });
    expect(refusal(good, 'job', two)).toBe('too-few-signatures');
  });
  it('may come in the URL-safe alphabet, as DSSE asks', () => {
    const bytes = Uint8Array.of(0xfb, 0xff, 0xbf);
    const envelope = sign('job', bytes, alice);
    const urlSafe = envelope.payload.replaceAll('+', '-').replaceAll('/', '_');
    expect(urlSafe).not.toBe(envelope.payload);
    expect(verifier.verify({ ...envelope, payload: urlSafe }, 'job')).toMatchObject({
      ok: true,
      payload: bytes,
    });
  });
  it('may carry fields that DSSE does not name; they are ignored', () => {
    expect(refusal({ ...good, extra: 1 })).toBe('accepted');
  });
  it('is verified alike by the plain library', () => {
    const plain = verifyKey(publicKeyOf(seeds[0] ?? new Uint8Array())) ?? expect.fail('unusable');
    expect(refusal(good, 'job', new Verifier([{ key: plain, payloadTypes: ['job'] }]))).toBe('accepted');
  });
});

describe('an envelope is refused', () => {
  it('when it was signed as another type', () => {
    expect(refusal(good, 'grant')).toBe('wrong-type');
    expect(refusal({ ...good, payloadType: 'grant' }, 'grant')).toBe('bad-signature');
  });
  it('when the key may not sign that type', () => {
    expect(refusal(sign('grant', payload, bob), 'grant')).toBe('key-not-allowed');
  });
  it('when any key is unknown, or the keyid is not that of the key that signed', () => {
    expect(refusal(sign('job', payload, carol))).toBe('unknown-key');
    expect(refusal(sign('job', payload, alice, carol))).toBe('unknown-key');
    expect(refusal({ ...good, signatures: [{ ...good.signatures[0], keyid: bob.keyId }] })).toBe(
      'bad-signature',
    );
  });
  it('when one key signs twice', () => {
    expect(refusal(sign('job', payload, alice, alice))).toBe('duplicate-key');
  });
  it('when nobody signed', () => {
    expect(refusal({ ...good, signatures: [] })).toBe('too-few-signatures');
  });
  it('when more sign than may', () => {
    const entry = good.signatures[0];
    expect(refusal({ ...good, signatures: Array(MAX_SIGNATURES + 1).fill(entry) })).toBe(
      'too-many-signatures',
    );
  });
  it('when the payload is changed, or spelt in a second way', () => {
    expect(refusal({ ...good, payload: toBase64(new TextEncoder().encode('{"a":2}')) })).toBe(
      'bad-signature',
    );
    const spellings = [
      ` ${good.payload}`,
      `${good.payload}\n`,
      good.payload.replace(/=+$/, ''),
      `${good.payload}====`,
    ];
    for (const spelling of spellings) expect(refusal({ ...good, payload: spelling })).toBe('malformed');
    // Unused bits set: the same bytes to a careless decoder.
    expect(refusal({ ...good, payload: good.payload.replace('fQ==', 'fR==') })).toBe('malformed');
  });
  it('when the signature is spelt in a second way or is not 64 bytes', () => {
    const sig = good.signatures[0]?.sig ?? '';
    expect(refusal(withSig(sig.replace(/==$/, '')))).toBe('malformed');
    expect(refusal(withSig(toBase64(new Uint8Array(63))))).toBe('malformed');
    expect(refusal(withSig(toBase64(new Uint8Array(65))))).toBe('malformed');
    expect(refusal(withSig(toBase64(new Uint8Array(64))))).toBe('bad-signature');
  });
  it('when it is larger than any document', () => {
    expect(refusal({ ...good, payload: 'A'.repeat(4 * Math.ceil(MAX_PAYLOAD_BYTES / 3) + 4) })).toBe(
      'too-large',
    );
  });
  it.each([
    null,
    undefined,
    1,
    'x',
    [],
    {},
    { ...good, payload: 1 },
    { ...good, payloadType: null },
    { ...good, signatures: {} },
    { ...good, signatures: [null] },
    { ...good, signatures: [[]] },
    { ...good, signatures: [{ keyid: 1, sig: good.signatures[0]?.sig }] },
    { ...good, signatures: [{ keyid: alice.keyId, sig: 7 }] },
    { ...good, signatures: [{ sig: good.signatures[0]?.sig }] },
  ])('when it is no envelope: %j', (value) => {
    expect(refusal(value)).toBe('malformed');
  });
  it('whatever JSON it is, without throwing', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void expect(refusal(value)).not.toBe('accepted')));
  });
});

describe('signing', () => {
  it('refuses what a verifier would', () => {
    expect(() => sign('job', new Uint8Array(MAX_PAYLOAD_BYTES + 1), alice)).toThrow(RangeError);
    expect(() => sign('job', payload)).toThrow(RangeError);
    expect(() => sign('job', payload, ...signers)).toThrow(RangeError);
    expect(() => new Verifier([], 0)).toThrow(RangeError);
    expect(() => new Verifier([], MAX_SIGNATURES + 1)).toThrow(RangeError);
  });
  it('takes a payload of the largest size, and reads it again', () => {
    const large = new Uint8Array(MAX_PAYLOAD_BYTES);
    expect(verifier.verify(sign('job', large, alice), 'job').ok).toBe(true);
  });
  it('gives the same envelope from the plain library', () => {
    expect(sign('job', payload, seedSigner(seeds[0] ?? new Uint8Array()))).toEqual(good);
  });
});
