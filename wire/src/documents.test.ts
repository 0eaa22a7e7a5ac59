/** Every signed document: read strictly, frozen as golden files, and refused in every wrong form. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenFiles, goldenText } from '../scripts/golden.ts';
import { benchmark } from './benchmark.ts';
import { hexToBytes } from './bytes.ts';
import { type Circumstances, CLOCK_SKEW_MS, type Claims, judgeClaims } from './claims.ts';
import { type DocumentKind, decodeDocument, encodeDocument, readDocument, signDocument } from './document.ts';
import { nodeIdOf, parseClaimEpoch } from './ids.ts';
import { modelManifest } from './model-manifest.ts';
import { receipt } from './receipt.ts';
import { receiptBatch } from './receipt-batch.ts';
import { type Envelope, seedSigner, sign, Verifier, verifyKey } from './sign.ts';
import { supportGrant } from './support-grant.ts';
import { formatTime } from './time.ts';
import { updateManifest } from './update-manifest.ts';

const folder = new URL('../golden/', import.meta.url);
const golden = (name: string): string => readFileSync(new URL(`${name}.json`, folder), 'utf8');
interface Example {
  readonly payload_type: string;
  readonly signed_by: { readonly seed: string; readonly public_key: string };
  readonly envelope: Envelope;
  readonly document: unknown;
}
const example = (name: string): Example => JSON.parse(golden(name)) as Example; // the shape of our own file
const hex = (text: string): Uint8Array => hexToBytes(text) ?? expect.fail(`not hex: ${text}`);
const trust = (of: Example, type = of.payload_type) =>
  new Verifier([{ key: verifyKey(hex(of.signed_by.public_key)) ?? expect.fail(), payloadTypes: [type] }]);

const kinds: readonly (readonly [string, DocumentKind<unknown>])[] = [
  ['receipt-batch.v1', receiptBatch],
  ['model-manifest.v1', modelManifest],
  ['support-grant.v1', supportGrant],
  ['update-manifest.v1', updateManifest],
  ['benchmark.v1', benchmark],
];

describe('golden files', () => {
  it('are what the script makes, byte for byte', () => {
    const files = goldenFiles();
    expect(readdirSync(folder).sort()).toEqual(
      Object.keys(files)
        .map((name) => `${name}.json`)
        .sort(),
    );
    for (const [name, content] of Object.entries(files)) expect(golden(name)).toBe(goldenText(content));
  });
});

describe.each(kinds)('%s', (name, kind) => {
  const frozen = example(name);
  it('is read strictly from its frozen envelope', () => {
    expect(readDocument(kind, trust(frozen), frozen.envelope)).toMatchObject({
      ok: true,
      document: frozen.document,
    });
  });
  it('is signed again to identical bytes', () => {
    expect(signDocument(kind, frozen.document, seedSigner(hex(frozen.signed_by.seed)))).toEqual(
      frozen.envelope,
    );
  });
  it('is refused with a field more, a field less, or a field of another kind', () => {
    const document = frozen.document as Record<string, unknown>; // every document is an object
    expect(decodeDocument(kind, encode({ ...document, extra: 1 }))).toBeUndefined();
    for (const field of Object.keys(document)) {
      const { [field]: _, ...less } = document;
      const isOptional = decodeDocument(kind, encode(less)) !== undefined;
      expect(isOptional).toBe(OPTIONAL.includes(field));
      for (const wrong of [null, {}, [[]], -1, '', ' ', '\u0000'])
        expect(
          decodeDocument(kind, encode({ ...document, [field]: wrong })),
          `${field} ${wrong}`,
        ).toBeUndefined();
    }
  });
  it('is not read from anything else that was signed, and never throws', () => {
    const signer = seedSigner(hex(frozen.signed_by.seed));
    for (const bytes of [
      new Uint8Array(),
      Uint8Array.of(0xff),
      new TextEncoder().encode('{"a":'),
      encode([]),
    ])
      expect(readDocument(kind, trust(frozen), sign(kind.payloadType, bytes, signer))).toEqual({
        ok: false,
        reason: 'not-the-document',
      });
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (value) => void expect(decodeDocument(kind, encode(value))).toBeUndefined(),
      ),
    );
    const fields = fc.record(
      Object.fromEntries(Object.keys(frozen.document as object).map((k) => [k, fc.jsonValue()])),
    );
    fc.assert(
      fc.property(fields, (value) => void expect(decodeDocument(kind, encode(value))).toBeUndefined()),
    );
  });
  it('is not believed from a key that may not sign it', () => {
    expect(readDocument(kind, trust(frozen, 'another/type'), frozen.envelope)).toEqual({
      ok: false,
      reason: 'key-not-allowed',
    });
  });
});

const OPTIONAL = [
  ...[
    'sha256',
    'size_bytes',
    'license',
    'quantisation',
    'parameters',
    'context_tokens',
    'capabilities',
    'sources',
  ],
  ...['temperature_c', 'power_w'],
];
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value) ?? '');

describe('a receipt', () => {
  const frozen = JSON.parse(golden('receipt.v1')) as { receipt: string; sha256: string }[]; // our own file
  const bytes = new TextEncoder().encode(frozen[0]?.receipt);
  const first = decodeDocument(receipt, bytes) ?? expect.fail('not a receipt');

  it('is read, and written again to identical bytes', () => {
    for (const one of frozen) {
      const exact = new TextEncoder().encode(one.receipt);
      expect(encodeDocument(receipt, decodeDocument(receipt, exact) ?? expect.fail())).toEqual(exact);
    }
  });
  it('names the one before it', () => {
    for (const [i, one] of frozen.entries())
      expect(JSON.parse(one.receipt)).toMatchObject({ prev: frozen[i - 1]?.sha256 ?? '0'.repeat(64) });
  });
  it.each([
    ['a prompt beside its fields', { prompt: 'hello' }],
    ['a number where a counter belongs', { prompt_tokens: 20 }],
    ['another version', { kind: 'b3iq.receipt.v2' }],
    ['a key instead of a key id', { caller: 'b3iq_local_abc' }],
    ['a path that climbs', { endpoint: '/v1/../etc' }],
    ['a query', { endpoint: '/v1/models?x=1' }],
    ['a model name with a line break', { model: 'a\nb' }],
    ['a model name with an invisible turn of direction', { model: 'a\u202Eb' }],
    ['a negative duration', { duration_ms: -1 }],
    ['a duration of years', { duration_ms: 1e12 }],
    ['half a millisecond', { duration_ms: 0.5 }],
    ['a local time', { started_at: '2026-11-22T08:00:00+01:00' }],
    ['an upper-case hash', { prev: 'A'.repeat(64) }],
  ])('is refused with %s', (_, change) => {
    expect(decodeDocument(receipt, encode({ ...first, ...change }))).toBeUndefined();
  });
});

describe('a receipt batch', () => {
  const { document } = example('receipt-batch.v1');
  it.each([
    ['count does not fit', { count: '4' }],
    ['it is empty', { first_seq: '6', last_seq: '5', count: '0' }],
    ['it runs backwards', { first_seq: '5', last_seq: '1', count: '5' }],
  ])('is refused when %s', (_, change) => {
    expect(decodeDocument(receiptBatch, encode({ ...(document as object), ...change }))).toBeUndefined();
  });
});

describe('a support grant', () => {
  const { document } = example('support-grant.v1');
  const other = nodeIdOf(new Uint8Array(32));
  it.each([
    ['ends before it begins', { exp: '2026-11-22T07:59:59Z' }],
    ['ends as it begins', { exp: '2026-11-22T08:00:00Z' }],
    ['lives too long', { exp: '2026-11-29T08:00:00.001Z' }],
    ['asks for more than diagnostics', { scope: 'shell' }],
    ['is issued by one node for another', { iss: other }],
  ])('is refused when it %s', (_, change) => {
    expect(decodeDocument(supportGrant, encode({ ...(document as object), ...change }))).toBeUndefined();
  });
});

describe('a model manifest', () => {
  const { document } = example('model-manifest.v1');
  it.each([
    ['http', { sources: [{ url: 'http://models.example.com/a' }] }],
    ['a file', { sources: [{ url: 'file:///etc/passwd' }] }],
    ['a script', { sources: [{ url: 'javascript:alert(1)' }] }],
    ['no size', { size_bytes: 0 }],
    ['an unknown format', { format: 'pickle' }],
  ])('is refused with %s', (_, change) => {
    expect(decodeDocument(modelManifest, encode({ ...(document as object), ...change }))).toBeUndefined();
  });
});

describe('an update manifest', () => {
  const { document } = example('update-manifest.v1');
  const given = decodeDocument(updateManifest, encode(document)) ?? expect.fail('not a manifest');
  const withRoot = (change: object) => ({
    artefacts: { ...given.artefacts, root: { ...given.artefacts.root, ...change } },
  });
  it.each([
    ['a minimum that is the version itself', { minimum_version: 12 }],
    ['a version of two parts', { version: '1.2' }],
    ['half a version', { version: 1.5 }],
    ['an end before its beginning', { exp: '2026-11-22T07:59:59Z' }],
    ['an end that is a day', { exp: '2027-11-22' }],
    ['a day that does not exist', { support_until: '2031-02-30' }],
    ['a time instead of a day', { support_until: '2031-11-30T00:00:00Z' }],
    ['notes that turn the reading direction', { notes: 'a\u202Eb' }],
    ['notes with a terminal escape', { notes: 'a\u001b[2J' }],
    ['notes without end', { notes: 'a'.repeat(4_001) }],
    ['a file above the folder', withRoot({ file: '../b3iq.root' })],
    ['a file in another folder', withRoot({ file: 'a/b' })],
    ['a file of dots', withRoot({ file: '..' })],
    ['a file of nothing', withRoot({ size_bytes: 0 })],
    ['a file of petabytes', withRoot({ size_bytes: 2 ** 50 })],
    ['another compression', withRoot({ compression: 'lzma' })],
    ['an upper-case partition id', withRoot({ partition_uuid: '8F4B1C2E-7A90-4D35-B6E1-0C9A5D7F3B28' })],
    ['no kernel image', { artefacts: { ...given.artefacts, uki: undefined } }],
    ['a part too many', { artefacts: { ...given.artefacts, firmware: given.artefacts.uki } }],
  ])('is refused with %s', (_, change) => {
    expect(decodeDocument(updateManifest, encode({ ...given, ...change }))).toBeUndefined();
  });
  it('may say until when it is the newest word, and need not', () => {
    const exp = '2027-01-21T08:00:00Z';
    expect(decodeDocument(updateManifest, encode({ ...given, exp }))).toMatchObject({ exp });
    expect(given.exp).toBeUndefined();
  });
  it('may have notes of several lines', () => {
    expect(given.notes).toContain('\n');
  });
});

describe('a benchmark', () => {
  const { document } = example('benchmark.v1');
  const given = decodeDocument(benchmark, encode(document)) ?? expect.fail('not a benchmark');
  it.each([
    ['a claim that somebody else measured it', { self_reported: false }],
    ['no level', { concurrency: [] }],
    ['a level of nobody', { concurrency: [{ ...given.concurrency[0], streams: 0 }] }],
    ['a rate beyond all machines', { decode_tokens_per_second: 1e300 }],
    ['a serial number', { machine: { ...given.machine, serial: 'X1' } }],
    ['a model name that turns the reading direction', { model: { ...given.model, label: 'a\u202Eb' } }],
    ['no round', { rounds: 0 }],
  ])('is refused with %s', (_, change) => {
    expect(decodeDocument(benchmark, encode({ ...given, ...change }))).toBeUndefined();
  });
});

describe('claims', () => {
  const nodeId = nodeIdOf(new Uint8Array(32));
  const claimEpoch = parseClaimEpoch('0'.repeat(32)) ?? expect.fail();
  const now = Date.UTC(2026, 10, 22);
  const here: Circumstances = { nodeId, claimEpoch, nowMs: now, floorMs: now - 1000, keyEpoch: 2 };
  const at = (ms: number) => formatTime(now + ms);
  const claims: Claims = {
    aud: { node_id: nodeId, claim_epoch: claimEpoch },
    iat: at(0),
    exp: at(1),
    key_epoch: 2,
  };
  it.each([
    [undefined, claims, here],
    [undefined, { iat: at(-1e9) }, here],
    [undefined, { ...claims, iat: at(CLOCK_SKEW_MS) }, here],
    ['not-yet', { ...claims, iat: at(CLOCK_SKEW_MS + 1) }, here],
    ['expired', { ...claims, exp: at(0) }, here],
    ['expired', claims, { ...here, nowMs: now - 1e9, floorMs: now + 1 }],
    ['old-key', { ...claims, key_epoch: 1 }, here],
    [
      'other-claim',
      { ...claims, aud: { node_id: nodeId, claim_epoch: parseClaimEpoch('1'.repeat(32)) } },
      here,
    ],
    [
      'other-node',
      { ...claims, aud: { node_id: nodeIdOf(new Uint8Array(1)), claim_epoch: claimEpoch } },
      here,
    ],
  ])('are judged %s', (fault, given, circumstances) => {
    expect(judgeClaims(given as Claims, circumstances)).toBe(fault); // one epoch above is typed as maybe undefined
  });
});
