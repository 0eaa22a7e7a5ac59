import { describe, expect, it } from 'vitest';
import { runningSystem } from './fixtures.ts';
import { afterBoot, afterRefusal, beforeWrite, FAILED_KEPT, machineFacts, noRecord } from './state.ts';
import type { BootEntry, InstallRecord } from './types.ts';

const AT = '2026-11-22T08:00:00.000Z';
const WRITTEN: InstallRecord = { ...noRecord, pending: { version: 2, at: AT }, floor: 1 };
const good = (version: number): BootEntry => ({ version, triesLeft: undefined });
const counted = (version: number, triesLeft: number): BootEntry => ({ version, triesLeft });
const boot = (version: number, entries: readonly BootEntry[], onTrial = false) => ({
  running: { version },
  entries,
  onTrial,
});

describe('what is remembered of an update', () => {
  it('is that it waits, until the machine has been restarted', () => {
    expect(afterBoot(WRITTEN, boot(1, [good(1), counted(2, 3)]), AT)).toEqual(WRITTEN);
  });
  it('is that it is being tried, while it runs on trial', () => {
    expect(afterBoot(WRITTEN, boot(2, [good(1), counted(2, 2)], true), AT)).toEqual(WRITTEN);
  });
  it('is that it may prove itself on its very last try', () => {
    const last = afterBoot(WRITTEN, boot(2, [good(1), counted(2, 0)], true), AT);
    expect(last).toEqual(WRITTEN);
    expect(afterBoot(last, boot(2, [good(1), good(2)]), AT).last?.outcome).toBe('installed');
  });
  it('is that it is installed once it runs and is not counted any more', () => {
    expect(afterBoot(WRITTEN, boot(2, [good(1), good(2)]), AT)).toEqual({
      pending: undefined,
      floor: 2,
      failed: [],
      last: { version: 2, at: AT, outcome: 'installed', obstacle: undefined },
    });
  });
  it('is that the machine went back, when its tries are used up and an older version runs', () => {
    expect(afterBoot(WRITTEN, boot(1, [good(1), counted(2, 0)]), AT)).toEqual({
      pending: undefined,
      floor: 1,
      failed: [2],
      last: { version: 2, at: AT, outcome: 'rolled-back', obstacle: undefined },
    });
  });
  it('is that it was cut short, when there is nothing to start', () => {
    expect(afterBoot(WRITTEN, boot(1, [good(1)]), AT).last).toMatchObject({
      outcome: 'refused',
      obstacle: 'cut-short',
    });
  });
  it('does not change when it is looked at again', () => {
    const boots = [
      boot(1, [good(1), counted(2, 0)]),
      boot(2, [good(2)]),
      boot(1, [good(1)]),
      boot(2, [counted(2, 1)], true),
    ];
    for (const one of boots) {
      const once = afterBoot(WRITTEN, one, AT);
      expect(afterBoot(once, one, '2030-01-01T00:00:00.000Z')).toEqual(once);
    }
  });
  it('is which numbers are burnt, also after their files have gone', () => {
    const burnt = afterBoot(noRecord, boot(1, [good(1), counted(2, 0)]), AT);
    expect(afterBoot(burnt, boot(3, [good(1), good(3)]), AT)).toMatchObject({ failed: [2], floor: 3 });
  });
  it('is bounded', () => {
    const failed = Array.from({ length: FAILED_KEPT }, (_, i) => i + 2);
    const next = afterBoot({ ...noRecord, failed }, boot(1, [counted(99, 0)]), AT);
    expect(next.failed).toHaveLength(FAILED_KEPT);
    expect(next.failed.at(-1)).toBe(99);
  });
  it('never lowers what has run here', () => {
    expect(afterBoot({ ...noRecord, floor: 7 }, boot(5, [good(5)]), AT).floor).toBe(7);
  });
  it('does not count a version on trial as one that has run here', () => {
    expect(afterBoot(WRITTEN, boot(2, [counted(2, 2)], true), AT).floor).toBe(1);
  });
  it('is the refusal, and what waits still waits', () => {
    const refused = { version: 3, at: AT, obstacle: 'not-signed' } as const;
    expect(afterRefusal(WRITTEN, refused)).toEqual({ ...WRITTEN, last: { ...refused, outcome: 'refused' } });
  });
  it('is that a version is being written, before the first byte of it', () => {
    const last = { version: 7, at: AT, outcome: 'refused', obstacle: 'damaged' } as const;
    expect(beforeWrite({ ...noRecord, floor: 1, last }, 2, AT)).toEqual(WRITTEN);
  });
  it('is what a verdict is made from', () => {
    const record = { ...noRecord, failed: [4], floor: 3 };
    expect(machineFacts(record, { running: runningSystem, entries: [], onTrial: true })).toEqual({
      running: runningSystem,
      onTrial: true,
      failed: [4],
      floor: 3,
    });
  });
});
