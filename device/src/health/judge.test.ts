import type { HardwareCheck } from '@b3iq/wire/local-api';
import { describe, expect, it } from 'vitest';
import { judgeHardware } from './judge.ts';
import type { EngineReading, Readings } from './types.ts';

const NOW = Date.UTC(2026, 10, 22);
const good: Readings = {
  processor: { model: 'Intel(R) Core(TM)  i5-8250U CPU', cores: 4 },
  memoryBytes: 16 * 1024 ** 3,
  diskFreeBytes: 120 * 1000 ** 3,
  graphics: [],
};
const ready: EngineReading = { name: 'ready' };
const line = (id: HardwareCheck['id'], readings: Partial<Readings>, engine = ready, wallMs = NOW) => {
  const scan = judgeHardware({ ...good, ...readings }, engine, wallMs);
  const check = scan.checks.find((c) => c.id === id);
  expect(scan.passed).toBe(scan.checks.every((c) => c.ok));
  return check;
};

describe('the hardware scan', () => {
  it('passes on an ordinary computer without a graphics card', () => {
    const scan = judgeHardware(good, ready, NOW);
    expect(scan.passed).toBe(true);
    expect(scan.checks.map((c) => c.value)).toEqual([
      'Intel Core i5-8250U CPU, 4 cores',
      '16 GB',
      '120 GB free',
      'No graphics card found: small models run on the processor',
      'Set',
      'Ready',
    ]);
  });

  it('says what a missing or odd reading means', () => {
    expect(line('processor', { processor: undefined })?.value).toBe('Present, model not readable');
    expect(line('processor', { processor: { model: '\u202e\0', cores: 1 } })?.value).toBe(
      'Unnamed processor, 1 core',
    );
    expect(line('processor', { processor: { model: 'x'.repeat(500), cores: 2 } })?.value.length).toBeLessThan(
      100,
    );
    expect(line('memory', { memoryBytes: undefined })).toMatchObject({ ok: true });
    expect(line('disk', { diskFreeBytes: undefined })).toMatchObject({ ok: false });
    expect(line('graphics', { graphics: undefined })).toMatchObject({ ok: true });
  });

  it('fails with advice when memory or disk is short', () => {
    expect(line('memory', { memoryBytes: 1024 ** 3 })).toMatchObject({
      ok: false,
      value: '1 GB',
      advice: expect.stringContaining('2 GB'),
    });
    expect(line('memory', { memoryBytes: 1.9 * 1024 ** 3 })).toMatchObject({ ok: true, value: '1.9 GB' });
    const disk = line('disk', { diskFreeBytes: 4.2 * 1000 ** 3 });
    expect(disk).toMatchObject({
      ok: false,
      value: '4.2 GB free',
      advice: expect.stringContaining('Free some space'),
    });
  });

  it('names graphics cards', () => {
    const card = { model: 'GeForce RTX 4060', memoryBytes: 8 * 1024 ** 3 };
    expect(line('graphics', { graphics: [card] })?.value).toBe('GeForce RTX 4060, 8 GB');
    const unnamed = { model: '', memoryBytes: undefined };
    expect(line('graphics', { graphics: [unnamed, card] })?.value).toBe('Unnamed card and 1 more');
  });

  it('does not believe a clock before this program or far after it', () => {
    for (const wallMs of [0, Date.UTC(2025, 11, 31), Date.UTC(2101, 0, 1)])
      expect(line('clock', {}, ready, wallMs)).toMatchObject({ ok: false, value: 'Not set' });
  });

  it.each([
    [{ name: 'starting' }, true, 'Starting', undefined],
    [{ name: 'restarting', reason: 'It ran out of memory.' }, false, 'Restarting', 'It ran out of memory.'],
    [{ name: 'restarting' }, false, 'Restarting', /by itself/],
    [{ name: 'failed' }, false, 'Not running', /log/],
    [{ name: 'stopped' }, false, 'Stopped', /Start/],
  ] as const)('tells of an engine that is %j', (engine, ok, value, advice) => {
    const check = line('engine', {}, engine);
    expect(check).toMatchObject({ ok, value });
    if (advice !== undefined) expect(check?.advice).toMatch(advice);
  });
});
