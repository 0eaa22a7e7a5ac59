import { describe, expect, test } from 'vitest';
import { shapeOf } from '../../models/fit/shape.ts';
import { COMFORT_BYTES } from '../../models/fit.ts';
import { headerOf } from '../../models/gate/header.ts';
import type { InstalledFile } from '../../models/list.ts';
import { type TinyModel, tinyGguf } from '../fixtures/tiny-gguf.ts';
import { type Offer, planOffer } from './plan.ts';

const GIB = 1024 ** 3;
const SHA = 'ab'.repeat(32);

/** An installed file that says of itself what `tiny` says. */
function installed(tiny: TinyModel = {}): InstalledFile {
  const header = headerOf(tinyGguf(tiny));
  const model = { id: 'mine', label: 'Mine', sha256: SHA, sizeBytes: header.fileBytes, format: 'gguf' };
  return {
    model: { ...model, pinnedBy: 'manifest', installedAt: '2026-11-22T10:00:00Z' },
    path: '/models/mine',
    sha256: SHA,
    gate: { kind: 'passed', header, shape: shapeOf(header) },
  } as InstalledFile; // names of the right form
}
/** One layer that takes 128 KiB a token, as an 8B model's layers together do. */
const heavy = (contextTokens: number, more: TinyModel = {}) =>
  installed({
    ...more,
    metadata: {
      'llama.context_length': { u32: contextTokens },
      'llama.attention.head_count': { u32: 128 },
      'llama.attention.head_count_kv': { u32: 128 },
      'llama.attention.key_length': { u32: 256 },
      'llama.attention.value_length': { u32: 256 },
      ...more.metadata,
    },
  });
function served(offer: Offer) {
  if (offer.kind === 'not-served') throw new Error(offer.why);
  return { contextTokens: offer.model.contextTokens, slots: offer.slots };
}
const why = (offer: Offer) => (offer.kind === 'not-served' ? offer.why : undefined);

describe('how much context', () => {
  test('all the model was made for, for everybody at once, where that leaves room', () => {
    expect(served(planOffer(heavy(16_384), 16 * GIB, 4))).toEqual({ contextTokens: 16_384, slots: 4 });
  });
  test('as much as leaves room, when that is less', () => {
    const offer = planOffer(heavy(65_536), 8 * GIB, 4);
    expect(served(offer)).toEqual({ contextTokens: expect.any(Number), slots: 4 });
    const { contextTokens } = served(offer);
    expect(contextTokens).toBeGreaterThanOrEqual(8_192);
    expect(contextTokens).toBeLessThan(65_536);
    expect(offer).toMatchObject({ bytes: expect.any(Number) });
    if (offer.kind === 'served') expect(offer.bytes).toBeLessThanOrEqual(8 * GIB - COMFORT_BYTES);
  });
  test('no more than a long document takes, however much memory there is', () => {
    expect(served(planOffer(heavy(131_072), 256 * GIB, 4))).toEqual({ contextTokens: 32_768, slots: 4 });
  });
  test('enough for a long document before company: fewer at once', () => {
    expect(served(planOffer(heavy(8_192), 4 * GIB, 4))).toEqual({ contextTokens: 8_192, slots: 2 });
  });
  test('what there is, for one, where nothing would stay free', () => {
    const { contextTokens, slots } = served(planOffer(heavy(65_536), GIB, 4));
    expect(slots).toBe(1);
    expect(contextTokens).toBeGreaterThanOrEqual(512);
    expect(contextTokens).toBeLessThan(8_192);
  });
  test('an everyday one for a model that does not say what it was made for', () => {
    const { contextTokens } = served(
      planOffer(heavy(0, { metadata: { 'llama.context_length': { text: '?' } } }), 64 * GIB, 1),
    );
    expect(contextTokens).toBe(8_192);
  });
});

describe('what is not served says why', () => {
  test('too large', () => {
    expect(why(planOffer(heavy(8_192), 100_000_000, 4))).toMatch(
      /It needs .* more than the 100 MB there are/,
    );
    expect(why(planOffer(installed(), 0, 1))).toMatch(/weights/);
  });
  test('a file that was refused', () => {
    const file: InstalledFile = { ...installed(), gate: { kind: 'refused', why: 'It is damaged.' } };
    expect(why(planOffer(file, GIB, 1))).toBe('It is damaged.');
  });
  test('one part of several', () => {
    const split = { 'split.no': { u32: 0 }, 'split.count': { u32: 2 }, 'split.tensors.count': { u32: 999 } };
    expect(why(planOffer(installed({ metadata: split }), GIB, 1))).toMatch(/one part of several/);
  });
  test('another format', () => {
    const file = installed();
    if (file.gate.kind !== 'passed') throw new Error('refused');
    const header = {
      kind: 'safetensors',
      metadata: new Map(),
      tensors: [],
      tensorBytes: 1,
      fileBytes: 9,
    } as const;
    const gate = { ...file.gate, header };
    expect(why(planOffer({ ...file, gate }, GIB, 1))).toMatch(/as GGUF/);
  });
});

test('a model whose context cannot be calculated is tried by one at a time, where its weights leave room', () => {
  const strange = installed({ metadata: { 'llama.attention.head_count': { text: 'many' } } });
  expect(served(planOffer(strange, 2 * GIB, 4)).slots).toBe(1);
  expect(why(planOffer(strange, COMFORT_BYTES, 4))).toMatch(/cannot be told/);
});

test.each([
  ['a template with tools', {}, ['chat', 'completions', 'embeddings', 'tools', 'json_schema', 'logprobs']],
  [
    'a template without',
    { template: '{{ messages[0].content }}' },
    ['chat', 'completions', 'embeddings', 'json_schema', 'logprobs'],
  ],
  ['no template', { template: null }, ['completions', 'embeddings', 'logprobs']],
  ['an encoder', { metadata: { 'llama.attention.causal': { bool: false } } }, ['embeddings']],
] as const)('what it can do is read from the file: %s', (_title, tiny, capabilities) => {
  expect(planOffer(installed(tiny), 4 * GIB, 1)).toMatchObject({
    model: { id: 'mine', selfTest: false, capabilities },
  });
});
