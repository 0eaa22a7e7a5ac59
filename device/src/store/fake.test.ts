import { describe, expect, it } from 'vitest';
import { sampleFormat, storeContract } from './contract.ts';
import { memoryStore } from './fake.ts';
import { slice } from './slice.ts';

describe('the store in memory', () => {
  storeContract(async () => {
    const store = memoryStore(sampleFormat.initial, sampleFormat.schema);
    return { store, failWrites: async (on) => store.failNext(on ? Number.MAX_SAFE_INTEGER : 0) };
  });

  it('writes nothing when nothing changed', async () => {
    const store = memoryStore(sampleFormat.initial, sampleFormat.schema);
    await store.update((v) => v);
    expect(store.writes()).toBe(0);
  });
});

describe('a slice', () => {
  it('reads and changes its own part and leaves the rest', async () => {
    const store = memoryStore({ count: 1, names: ['a'] }, sampleFormat.schema);
    const names = slice(store, 'names');
    expect(await names.update((n) => [...n, 'b'])).toEqual(['a', 'b']);
    expect(store.read()).toEqual({ count: 1, names: ['a', 'b'] });
    await names.update((n) => n);
    expect(store.writes()).toBe(1);
  });
});
