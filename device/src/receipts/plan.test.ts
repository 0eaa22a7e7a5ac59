import { randomBytes } from 'node:crypto';
import {
  decodeDocument,
  encodeDocument,
  newBatchId,
  receiptBatch,
  receipt as receiptKind,
  sign,
} from '@b3iq/wire';
import { nodeSigner } from '@b3iq/wire/sign-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signedEnvelope } from './envelope.ts';
import { openssl } from './hash.ts';
import { EMPTY_HEAD, planBatch } from './plan.ts';
import { KEY_A, testCall, testIdentity } from './test-call.ts';
import type { CallRecord } from './types.ts';

const identity = testIdentity();
const at = Date.UTC(2026, 10, 22);
const plan = (...calls: readonly CallRecord[]) =>
  planBatch(calls, EMPTY_HEAD, identity, newBatchId(at, randomBytes(10)), at, openssl);

/** Any call, most of them no receipt. */
const anyCall = fc.record(
  {
    endpoint: fc.constantFrom('/v1/chat/completions', '/v1/embeddings', '/v1/../etc', ''),
    model: fc.oneof(fc.constantFrom('b3iq-selftest', 'a\nb', '', ' a', '\u202E'), fc.string()),
    caller: fc.constantFrom(KEY_A, 'owner', 'b3iq_local_secret'),
    status: fc.constantFrom('completed', 'aborted', 'failed'),
    httpStatus: fc.constantFrom(0, 200, 599, 600, -1, 0.5),
    promptTokens: fc.oneof(fc.nat(), fc.constantFrom(-1, 0.5, Number.NaN, 2 ** 60)),
    completionTokens: fc.nat(),
    startedAtMs: fc.oneof(fc.nat(), fc.constantFrom(-1e18, 0.5, Number.NaN)),
    durationMs: fc.oneof(fc.double(), fc.constantFrom(Number.POSITIVE_INFINITY, -0)),
    firstTokenMs: fc.double(),
  },
  { requiredKeys: [] },
);

describe('what is signed', () => {
  it('is exactly what the schema of a receipt makes, or nothing, whatever the call holds', () => {
    let made = 0;
    fc.assert(
      fc.property(anyCall, (rest) => {
        let bytes: Uint8Array | undefined;
        try {
          // Twice: the second time the words are known, which must change nothing.
          for (let i = 0; i < 2; i++) bytes = plan(testCall(rest as Partial<CallRecord>)).rows[0]?.bytes; // hostile
        } catch {
          return;
        }
        made += 1;
        const document = decodeDocument(receiptKind, bytes ?? new Uint8Array());
        if (document === undefined) throw new Error('no receipt');
        expect(Buffer.from(encodeDocument(receiptKind, document)).equals(bytes ?? new Uint8Array())).toBe(
          true,
        );
      }),
      { numRuns: 1_000 },
    );
    expect(made).toBeGreaterThan(0);
  });

  it('is refused when an id, a number or a word is none, also after good ones', () => {
    plan(testCall());
    for (const wrong of [
      { id: 'rcpt_1' },
      { model: 'b3iq-selftest\nb' },
      { caller: 'b3iq_local_secret' },
      { endpoint: '/v1/x?y' },
      { httpStatus: 600 },
      { promptTokens: -1 },
      { durationMs: Number.NaN },
      { firstTokenMs: Number.NaN },
      { startedAtMs: 0.5 },
    ])
      expect(() => plan(testCall(wrong)), JSON.stringify(wrong)).toThrow();
    expect(() =>
      planBatch(
        [testCall()],
        EMPTY_HEAD,
        { nodeId: 'x', keyEpoch: 0 },
        newBatchId(at, randomBytes(10)),
        at,
        openssl,
      ),
    ).toThrow();
  });

  it('is exactly what the schema of a batch makes', () => {
    const { payload } = plan(testCall(), testCall(), testCall());
    const batch = decodeDocument(receiptBatch, payload);
    expect(batch).toMatchObject({ count: '3', first_seq: '1', last_seq: '3' });
    if (batch !== undefined)
      expect(Buffer.from(encodeDocument(receiptBatch, batch)).equals(payload)).toBe(true);
  });

  it('goes into the same envelope as every other document', () => {
    const signer = nodeSigner(identity.privateKey);
    for (const size of [0, 1, 2, 3, 700]) {
      // A view into a larger buffer, as bytes often are.
      const payload = randomBytes(size + 8).subarray(5, 5 + size);
      expect(signedEnvelope(payload, signer)).toBe(
        JSON.stringify(sign(receiptBatch.payloadType, payload, signer)),
      );
    }
  });
});
