/** Every number here is calculated by hand in the line beside it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextBytesOf, needOf } from './fit/need.ts';
import { shapeOf } from './fit/shape.ts';
import type { KvType, Layer, ModelShape } from './fit/types.ts';
import { COMFORT_BYTES, judgeFit } from './fit.ts';
import type { GgufHeader, GgufValue } from './gate/types.ts';

const GIB = 1024 ** 3;

/** @param keys  under the architecture's prefix */
function header(
  architecture: string,
  keys: Readonly<Record<string, GgufValue>>,
  more: Partial<GgufHeader> = {},
): GgufHeader {
  const own = Object.entries(keys).map(([key, value]) => [`${architecture}.${key}`, value] as const);
  return {
    kind: 'gguf',
    version: 3,
    metadata: new Map<string, GgufValue>([['general.architecture', architecture], ...own]),
    listLengths: new Map([['tokenizer.ggml.tokens', 128_256]]),
    tensors: [],
    tensorBytes: 5 * GIB,
    fileBytes: 5 * GIB + 1_000,
    ...more,
  };
}
const layersOf = (shape: ModelShape): readonly Layer[] => {
  if (shape.memory.kind === 'unknown') throw new Error(shape.memory.why);
  return shape.memory.layers;
};
const context = (from: GgufHeader, contextTokens: number, slots = 1, kvType: KvType = 'F16') =>
  contextBytesOf(layersOf(shapeOf(from)), { contextTokens, slots, kvType });

const LLAMA_8B = header('llama', {
  block_count: 32,
  context_length: 131_072,
  embedding_length: 4_096,
  'attention.head_count': 32,
  'attention.head_count_kv': 8,
});

describe('the context takes', () => {
  test('keys and values of every layer, as in Llama 3.1 8B', () => {
    // 32 layers × (8 heads × 4096/32 wide, keys and values) × 2 bytes × 8192 cells
    expect(context(LLAMA_8B, 8_192)).toBe(32 * (1_024 + 1_024) * 2 * 8_192);
    expect(context(LLAMA_8B, 8_192)).toBe(GIB);
  });

  test('as many cells as there are slots, each rounded up to 256', () => {
    expect(context(LLAMA_8B, 8_000, 4)).toBe(4 * GIB); // 8000 → 8192
    expect(context(LLAMA_8B, 1)).toBe(256 * 131_072);
  });

  test.each<[KvType, number]>([
    ['F32', 4_096], // bytes for a row of 1024 values
    ['BF16', 2_048],
    ['Q8_0', 1_088], // 32 blocks of 34
    ['Q4_0', 576], // 32 blocks of 18
  ])('less when it is kept as %s', (kvType, row) => {
    expect(context(LLAMA_8B, 8_192, 1, kvType)).toBe(32 * 2 * row * 8_192);
  });

  test('what llama-server says of the self-test model: 9.00 MiB for two slots of 1,536 cells', () => {
    const keys = {
      block_count: 4,
      embedding_length: 192,
      'attention.head_count': 3,
      'attention.head_count_kv': 3,
    };
    expect(context(header('llama', keys), 1_500, 2)).toBe(9 * 1024 * 1024);
  });

  test('as many heads as there are, where a header does not tell keys and values apart', () => {
    const keys = { block_count: 2, embedding_length: 512, 'attention.head_count': 8 };
    expect(context(header('gpt2', keys), 256)).toBe(2 * (512 + 512) * 2 * 256);
  });

  test('only a window in five of six layers of Gemma 3', () => {
    const keys = {
      block_count: 62,
      embedding_length: 5_376,
      'attention.head_count': 32,
      'attention.head_count_kv': 16,
      'attention.key_length': 128,
      'attention.value_length': 128,
      'attention.sliding_window': 1_024,
    };
    // 10 layers look back all the way, 52 over 1024 + a batch of 512; a row is 2 × 16 × 128 × 2 bytes.
    expect(context(header('gemma3', keys), 8_192)).toBe(10 * 8_192 * 8_192 + 52 * 8_192 * 1_536);
    // Never more than the context itself.
    expect(context(header('gemma3', keys), 512)).toBe(62 * 8_192 * 512);
  });

  test('only a window in every other layer of gpt-oss', () => {
    const keys = {
      block_count: 24,
      embedding_length: 2_880,
      'attention.head_count': 64,
      'attention.head_count_kv': 8,
      'attention.key_length': 64,
      'attention.value_length': 64,
      'attention.sliding_window': 128,
    };
    // 128 + 512 = 640 → 768 cells; a row is 2 × 8 × 64 × 2 bytes.
    expect(context(header('gpt-oss', keys), 131_072)).toBe(12 * 2_048 * 131_072 + 12 * 2_048 * 768);
  });

  test('what each layer says for itself, as in Gemma 4: own widths, windows, and layers that share', () => {
    const keys = {
      block_count: 6,
      embedding_length: 2_048,
      'attention.head_count': 8,
      'attention.head_count_kv': [2, 2, 1, 2, 2, 1],
      'attention.key_length': 512,
      'attention.value_length': 512,
      'attention.key_length_swa': 256,
      'attention.value_length_swa': 256,
      'attention.sliding_window': 512,
      'attention.sliding_window_pattern': [true, true, false, true, true, false],
      'attention.shared_kv_layers': 2,
    };
    // Layers 0, 1 and 3: 2 × 256 wide over 1024 cells; layer 2: 1 × 512 over 4096; layers 4 and 5 share.
    expect(context(header('gemma4', keys), 4_096)).toBe(3 * 2 * 512 * 2 * 1_024 + 2 * 512 * 2 * 4_096);
  });

  test('keys alone where values are made from them, as in DeepSeek', () => {
    const keys = {
      block_count: 61,
      embedding_length: 7_168,
      'attention.head_count': 128,
      'attention.head_count_kv': 1,
      'attention.key_length': 576,
      'attention.value_length': 512,
      'attention.key_length_mla': 192,
      'attention.value_length_mla': 128,
    };
    expect(context(header('deepseek2', keys), 4_096)).toBe(61 * 576 * 2 * 4_096);
  });

  test('a state of fixed size in three of four layers of Qwen 3.5', () => {
    const keys = {
      block_count: 65, // one of them only guesses ahead
      nextn_predict_layers: 1,
      embedding_length: 5_120,
      full_attention_interval: 4,
      'attention.head_count': 24,
      'attention.head_count_kv': 4,
      'attention.key_length': 256,
      'attention.value_length': 256,
      'ssm.conv_kernel': 4,
      'ssm.inner_size': 6_144,
      'ssm.state_size': 128,
      'ssm.group_count': 16,
    };
    // 3 × (6144 + 2 × 16 × 128) + 128 × 6144 values of 4 bytes a slot in 48 layers; 16 layers of 2 × 1024 × 2 bytes a token.
    const state = 48 * 817_152 * 4;
    expect(context(header('qwen35', keys), 8_192, 2)).toBe(2 * (state + 16 * 4_096 * 8_192));
  });

  test('nothing in a model that reads a text at once', () => {
    expect(context(header('bert', {}), 512)).toBe(0);
  });
});

test.each<[string, GgufHeader, RegExp]>([
  ['names no architecture', { ...LLAMA_8B, metadata: new Map() }, /does not name its architecture/],
  ['names one that is not known', header('mamba2', {}), /architecture mamba2 keeps its context is not known/],
  ['names nonsense', header('\u202e'.repeat(50), {}), /a model of its architecture keeps/],
  ['has no layers', header('llama', { embedding_length: 64 }), /how many layers/],
  ['has no heads', header('llama', { block_count: 2, embedding_length: 64 }), /how wide/],
  ['has texts for numbers', header('llama', { block_count: 2, 'attention.head_count': 'many' }), /how wide/],
  [
    'has heads for one layer of two',
    header('llama', { block_count: 2, embedding_length: 64, 'attention.head_count': [2] }),
    /how wide/,
  ],
  [
    'has windows for one layer of two',
    header('gpt-oss', {
      block_count: 2,
      'attention.sliding_window': 8,
      'attention.sliding_window_pattern': [true],
    }),
    /look back only a window/,
  ],
  [
    'does not say which layers have the window',
    header('gemma4', { block_count: 2, 'attention.sliding_window': 8 }),
    /only a/,
  ],
])('a header that %s is not guessed at', (_title, from, why) => {
  const shape = shapeOf(from);
  expect(shape.memory).toEqual({ kind: 'unknown', why: expect.stringMatching(why) });
  const fit = judgeFit(shape, { contextTokens: 4_096, slots: 1, kvType: 'F16' }, 16 * GIB);
  expect(fit).toMatchObject({ kind: 'unknown', need: undefined });
  // Weights that do not fit are certain all the same.
  expect(judgeFit(shape, { contextTokens: 4_096, slots: 1, kvType: 'F16' }, 4 * GIB)).toMatchObject({
    kind: 'does-not-fit',
    largestContextTokens: 0,
    reason: 'The weights alone need 5.4 GB, and there are 4.3 GB.',
  });
});

test('a head count of zero, which ends llama.cpp, is not calculated with', () => {
  const keys = { block_count: 2, embedding_length: 64, 'attention.head_count': 0 };
  expect(shapeOf(header('llama', keys)).memory.kind).toBe('unknown');
});

test('the weights of a split model are those of all its parts', () => {
  const first = { ...LLAMA_8B, split: { index: 0, count: 3 } };
  const part = (index: number) => header('llama', {}, { tensorBytes: 7 * GIB, split: { index, count: 3 } });
  expect(shapeOf(first, [part(1), part(2)]).weightBytes).toBe(19 * GIB);
  const incomplete = judgeFit(
    shapeOf(first, [part(1)]),
    { contextTokens: 4_096, slots: 1, kvType: 'F16' },
    99 * GIB,
  );
  expect(incomplete).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/one part of several/) });
});

test('a safetensors file tells its weights and no more', () => {
  const shape = shapeOf({
    kind: 'safetensors',
    metadata: new Map(),
    tensors: [],
    tensorBytes: GIB,
    fileBytes: GIB,
  });
  expect(shape).toMatchObject({ weightBytes: GIB, architecture: undefined, memory: { kind: 'unknown' } });
});

describe('the verdict for Llama 3.1 8B with four conversations of 8,192 tokens', () => {
  const SERVING = { contextTokens: 8_192, slots: 4, kvType: 'F16' } as const;
  const shape = shapeOf(LLAMA_8B);
  // 256 MiB and 512 rows in F32 of 128256 + 8192 + 8 × 4096 values
  const compute = 256 * 1024 * 1024 + (128_256 + 8_192 + 32_768) * 2_048;
  const total = 5 * GIB + 4 * GIB + compute;

  test('counts weights, context and computing', () => {
    expect(needOf(shape, SERVING)).toEqual({
      weightBytes: 5 * GIB,
      contextBytes: 4 * GIB,
      computeBytes: compute,
      totalBytes: total,
    });
  });

  test('is comfortable when a gibibyte stays free', () => {
    expect(judgeFit(shape, SERVING, total + COMFORT_BYTES)).toMatchObject({
      kind: 'comfortable',
      reason:
        'It needs 10.3 GB: 5.4 GB of weights, 4.3 GB for 4 conversations of 8,192 tokens and 615 MB to compute. 1.1 GB of 11.4 GB stay free.',
    });
    expect(judgeFit(shape, SERVING, 200 * GIB).largestContextTokens).toBe(131_072); // what it was made for
  });

  test('is tight to the last byte', () => {
    expect(judgeFit(shape, SERVING, total)).toMatchObject({ kind: 'tight', largestContextTokens: 8_192 });
    expect(judgeFit(shape, SERVING, total + COMFORT_BYTES - 1).kind).toBe('tight');
  });

  test('says what would fit when this does not', () => {
    const fit = judgeFit(shape, SERVING, total - 1);
    expect(fit).toMatchObject({ kind: 'does-not-fit', largestContextTokens: 7_936 });
    expect(fit.reason).toMatch(/more than the 10\.3 GB there are; with at most 7,936 tokens it would fit\.$/);
    expect(judgeFit(shape, SERVING, 5 * GIB + 1)).toMatchObject({
      kind: 'does-not-fit',
      largestContextTokens: 0,
      reason: expect.stringMatching(/there are, with any context\.$/),
    });
    expect(judgeFit(shape, SERVING, GIB).reason).toMatch(/the weights alone are more\.$/);
  });

  test('cannot be told for a type its rows do not divide into', () => {
    const odd = header('llama', { block_count: 2, embedding_length: 80, 'attention.head_count': 4 });
    const fit = judgeFit(shapeOf(odd), { ...SERVING, kvType: 'Q8_0' }, 99 * GIB);
    expect(fit).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/cannot be kept as Q8_0/) });
  });
});

test('whatever a hostile header claims, there is a verdict', () => {
  const name = fc.constantFrom(
    ...[
      'block_count',
      'nextn_predict_layers',
      'context_length',
      'embedding_length',
      'full_attention_interval',
    ],
    ...['attention.head_count', 'attention.head_count_kv', 'attention.key_length', 'attention.value_length'],
    ...['attention.sliding_window', 'attention.sliding_window_pattern', 'attention.shared_kv_layers'],
    ...['ssm.conv_kernel', 'ssm.inner_size', 'ssm.state_size', 'ssm.group_count'],
  );
  const number = fc.oneof(fc.nat({ max: 600 }), fc.maxSafeNat(), fc.double(), fc.constant(2n ** 64n - 1n));
  const value = fc.oneof(number, fc.string(), fc.boolean(), fc.array(fc.oneof(number, fc.boolean())));
  const architecture = fc.constantFrom(
    'llama',
    'gemma3',
    'gemma3n',
    'gemma4',
    'gpt-oss',
    'deepseek2',
    'qwen35',
    'bert',
  );
  fc.assert(
    fc.property(architecture, fc.dictionary(name, value), (given, keys) => {
      const layers = { block_count: 4, embedding_length: 64, 'attention.head_count': 4, ...keys };
      if (Number(layers.block_count) > 512) layers.block_count = 512; // the gate lets no more through
      const fit = judgeFit(
        shapeOf(header(given, layers)),
        { contextTokens: 4_096, slots: 2, kvType: 'F16' },
        16 * GIB,
      );
      expect(fit.reason).toMatch(/^[A-Z].*\.$/);
      if (fit.need !== undefined) expect(fit.need.totalBytes).toBeGreaterThanOrEqual(5 * GIB);
      else expect(['unknown', 'does-not-fit']).toContain(fit.kind);
    }),
    { numRuns: 500 },
  );
}, 30_000);

test('the largest context fits, and the next larger does not', () => {
  const gibibytes = fc.integer({ min: 1, max: 96 });
  fc.assert(
    fc.property(
      gibibytes,
      fc.integer({ min: 1, max: 16 }),
      fc.constantFrom<KvType>('F16', 'Q8_0'),
      (budget, slots, kvType) => {
        const shape = shapeOf(LLAMA_8B);
        const total = (contextTokens: number) =>
          needOf(shape, { contextTokens, slots, kvType })?.totalBytes ?? 0;
        const { largestContextTokens = -1 } = judgeFit(
          shape,
          { contextTokens: 4_096, slots, kvType },
          budget * GIB,
        );
        if (largestContextTokens > 0) expect(total(largestContextTokens)).toBeLessThanOrEqual(budget * GIB);
        if (largestContextTokens < 131_072)
          expect(total(largestContextTokens + 256)).toBeGreaterThan(budget * GIB);
      },
    ),
  );
});
