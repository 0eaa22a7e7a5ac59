import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Sample, sampleFormat } from './contract.ts';
import { formatFile, parseFile } from './parse.ts';
import {
  DAMAGED_KEPT,
  migrate,
  migrateBack,
  planAside,
  planMigrations,
  planOpen,
  repairNotice,
} from './plan.ts';
import type { FileState, Format, Migration } from './types.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const savedAt = '2026-11-22T07:00:00.000Z';
const good = formatFile(1, { count: 7, names: ['é', '\u2028', '😀'] }, savedAt, hash);
const parse = (text: string) => parseFile(text, sampleFormat, hash);

describe('a settings file', () => {
  it('comes back as it was written', () => {
    const sample = fc.record({ count: fc.integer(), names: fc.array(fc.string({ unit: 'grapheme' })) });
    fc.assert(
      fc.property(sample, (value) => {
        expect(parse(formatFile(1, value, savedAt, hash))).toEqual({ kind: 'current', value, savedAt });
      }),
    );
  });

  it('is damaged when it is cut anywhere but in the last line break', () => {
    for (let end = 0; end < good.length - 1; end++)
      expect(parse(good.slice(0, end)).kind, `cut at ${end}`).toBe('damaged');
    expect(parse(good.slice(0, -1)).kind).toBe('current');
  });

  it('is never read with another value after one character changed', () => {
    const at = fc.nat(good.length - 1);
    fc.assert(
      fc.property(at, fc.string({ minLength: 1, maxLength: 1 }), (index, c) => {
        const parsed = parse(good.slice(0, index) + c + good.slice(index + 1));
        if (parsed.kind === 'current')
          expect(parsed.value).toEqual({ count: 7, names: ['é', '\u2028', '😀'] });
      }),
    );
  });

  it.each([
    ['', 'it is empty'],
    ['\0\0\0', 'it is cut short or garbled'],
    ['[]', 'it is not a settings file'],
    ['{"version":1}', 'it is not a settings file'],
    [good.replace('"count": 7', '"count": 8'), 'its checksum does not match'],
    [formatFile(1, { count: 'x' }, savedAt, hash), 'its content is not what this version writes'],
    [
      formatFile(1, { count: 1, names: [], more: 1 }, savedAt, hash),
      'its content is not what this version writes',
    ],
  ])('says what is wrong with %j', (text, reason) => {
    expect(parse(text)).toEqual({ kind: 'damaged', reason });
  });

  it('from a later version is told from a damaged one', () => {
    expect(parse(formatFile(2, { other: true }, savedAt, hash))).toEqual({ kind: 'newer', version: 2 });
  });
});

describe('opening', () => {
  const current: FileState<Sample> = { kind: 'current', value: { count: 1, names: [] }, savedAt };
  const damaged: FileState<Sample> = { kind: 'damaged', reason: 'it is empty' };
  const absent: FileState<Sample> = { kind: 'absent' };
  const newer: FileState<Sample> = { kind: 'newer', version: 9 };

  it.each([
    [absent, absent, { kind: 'fresh' }],
    [current, absent, { kind: 'use', from: 'main', aside: 'none' }],
    [current, damaged, { kind: 'use', from: 'main', aside: 'copy' }],
    [damaged, current, { kind: 'use', from: 'copy', aside: 'main' }],
    [absent, current, { kind: 'use', from: 'copy', aside: 'none' }],
    [damaged, damaged, { kind: 'corrupt' }],
    [damaged, absent, { kind: 'corrupt' }],
    [absent, damaged, { kind: 'corrupt' }],
    [newer, current, { kind: 'newer', version: 9 }],
    [damaged, newer, { kind: 'newer', version: 9 }],
    [current, newer, { kind: 'use', from: 'main' }],
  ])('with %j and %j plans %j', (main, copy, plan) => {
    expect(planOpen(main, copy)).toMatchObject(plan);
  });

  it('names both files when neither can be used, and tells of each repair', () => {
    expect(planOpen(damaged, absent)).toMatchObject({
      reason: 'settings.json: it is empty; settings.last-good.json is missing',
    });
    const notice = repairNotice(planOpen(damaged, current), 'settings.damaged-1.json');
    expect(notice).toContain('restored from its last good copy of 2026-11-22 07:00 UTC');
    expect(notice).toContain('settings.damaged-1.json');
    expect(repairNotice(planOpen(current, damaged), 'x')).toContain('Nothing was lost');
    expect(repairNotice(planOpen(current, current), undefined)).toBeUndefined();
    expect(repairNotice(planOpen(absent, absent), undefined)).toBeUndefined();
  });

  it('keeps a bounded number of damaged files, the newest ones', () => {
    let kept: number[] = [];
    for (let i = 0; i < 12; i++) {
      const { next, remove } = planAside(kept);
      kept = [...kept.filter((n) => !remove.includes(n)), next];
    }
    expect(kept).toEqual([8, 9, 10, 11, 12]);
    expect(kept).toHaveLength(DAMAGED_KEPT);
  });
});

describe('migrating', () => {
  const rename: Migration = {
    from: 1,
    note: '`n` is called `count`.',
    up: (raw) => ({ count: z.object({ n: z.number() }).parse(raw).n }),
  };
  const addNames: Migration = {
    from: 2,
    note: 'Names came.',
    up: (raw) => ({ ...z.looseObject({}).parse(raw), names: [] }),
  };
  const format: Format<Sample> = { ...sampleFormat, version: 3, migrations: [addNames, rename] };

  it('takes the steps in order and checks the result', () => {
    const steps = planMigrations(format.migrations, 1, 3) ?? [];
    expect(steps).toEqual([rename, addNames]);
    expect(migrate({ n: 4 }, steps, format)).toEqual({ count: 4, names: [] });
    expect(migrate({ n: 0.5 }, steps, format)).toBeUndefined();
    expect(migrate({}, steps, format)).toBeUndefined();
  });

  it('is refused when a step is missing', () => {
    expect(planMigrations([rename], 1, 3)).toBeUndefined();
  });
});

describe('going back', () => {
  const step = (down?: Migration['down']): Migration => ({
    from: 1,
    note: 'Names came.',
    up: (raw) => ({ ...z.object({ count: z.number() }).parse(raw), names: [] }),
    ...(down === undefined ? {} : { down }),
  });
  const format = (one: Migration): Format<Sample> => ({ ...sampleFormat, version: 2, migrations: [one] });
  const back = (value: Sample, one: Migration) => migrateBack(value, [one], format(one));
  const withoutNames = (value: unknown) => ({ count: z.object({ count: z.number() }).parse(value).count });

  it('gives the older form when going up again gives the same', () => {
    expect(back({ count: 4, names: [] }, step(withoutNames))).toEqual({ raw: { count: 4 } });
  });
  it('is refused when something would be lost, no way is known, or the way fails', () => {
    expect(back({ count: 4, names: ['a'] }, step(withoutNames))).toBeUndefined();
    expect(back({ count: 4, names: [] }, step())).toBeUndefined();
    expect(
      back(
        { count: 4, names: [] },
        step(() => z.never().parse(0)),
      ),
    ).toBeUndefined();
    expect(
      back(
        { count: 4, names: [] },
        step(() => 'nonsense'),
      ),
    ).toBeUndefined();
  });
});
