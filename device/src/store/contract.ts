/** What every `Store<T>` must do, run against the one on disk and the one in memory. */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { CodedError } from '../errors.ts';
import type { Store } from './port.ts';
import type { Format } from './types.ts';

/** The value the contract works on. */
export interface Sample {
  readonly count: number;
  readonly names: readonly string[];
}
export const sampleFormat: Format<Sample> = {
  version: 1,
  schema: z.strictObject({ count: z.int(), names: z.array(z.string()) }),
  initial: { count: 0, names: [] },
  migrations: [],
};

/** A store under test: `failWrites` makes its disk fail until told otherwise. */
export interface StoreUnderTest {
  readonly store: Store<Sample>;
  failWrites(on: boolean): Promise<void>;
}

/** Declares the tests; `make` gives a fresh store each time. */
export function storeContract(make: () => Promise<StoreUnderTest>): void {
  it('gives the initial value first', async () => {
    expect((await make()).store.read()).toEqual({ count: 0, names: [] });
  });

  it('shows a change once it is durable, and returns it', async () => {
    const { store } = await make();
    const pending = store.update((v) => ({ ...v, count: 1 }));
    expect(store.read().count).toBe(0);
    expect(await pending).toEqual({ count: 1, names: [] });
    expect(store.read().count).toBe(1);
  });

  it('runs updates one after another, each on the newest value', async () => {
    const { store } = await make();
    const add = () => store.update((v) => ({ ...v, count: v.count + 1 }));
    await Promise.all(Array.from({ length: 20 }, add));
    expect(store.read().count).toBe(20);
  });

  it('changes nothing when the change throws, and goes on with the next', async () => {
    const { store } = await make();
    const failing = store.update(() => {
      throw new CodedError('already_claimed');
    });
    const next = store.update((v) => ({ ...v, count: v.count + 5 }));
    await expect(failing).rejects.toMatchObject({ code: 'already_claimed' });
    await next;
    expect(store.read().count).toBe(5);
  });

  it('changes nothing when the disk fails, says so, and recovers', async () => {
    const { store, failWrites } = await make();
    await store.update((v) => ({ ...v, count: 1 }));
    await failWrites(true);
    const failing = store.update((v) => ({ ...v, count: 2 }));
    await expect(failing).rejects.toMatchObject({ code: 'store_write_failed' });
    expect(store.read().count).toBe(1);
    await failWrites(false);
    await store.update((v) => ({ ...v, count: v.count + 2 }));
    expect(store.read().count).toBe(3);
  });

  it('refuses a value it could not read back', async () => {
    const { store } = await make();
    await expect(store.update((v) => ({ ...v, count: 0.5 }))).rejects.toThrow();
    await expect(store.update((v) => ({ ...v, extra: 1 }))).rejects.toThrow();
    expect(store.read()).toEqual({ count: 0, names: [] });
  });

  it('hands out values nobody can change from outside', async () => {
    const { store } = await make();
    const names = ['a'];
    await store.update((v) => ({ ...v, names }));
    names.push('b');
    expect(store.read().names).toEqual(['a']);
    expect(() => Object.assign(store.read(), { count: 9 })).toThrow(TypeError);
    expect(() => Array.prototype.push.call(store.read().names, 'c')).toThrow(TypeError);
  });
}
