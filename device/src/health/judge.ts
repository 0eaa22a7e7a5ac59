/** Readings to the lines of the hardware scan, in plain sentences. Pure; separate so that every limit is in one place. */
import type { HardwareCheck, HardwareScan } from '@b3iq/wire/local-api';
import type { EngineReading, Readings } from './types.ts';

const GIB = 1024 ** 3;
/** The agent, the self-test model and a small system fit into 2 GB; firmware keeps a little of it back. */
const LEAST_MEMORY_BYTES = 1.8 * GIB;
/** Settings, a year of receipts and one small model. */
const LEAST_DISK_BYTES = 5 * 1000 ** 3;
/** No machine that runs this program lives before it was written. */
const EARLIEST_MS = 1_767_225_600_000; // 2026-01-01
const LATEST_MS = 4_102_444_800_000; // 2100-01-01

/** The scan as the wizard shows it. @param wallMs  the machine's clock, Unix ms */
export function judgeHardware(readings: Readings, engine: EngineReading, wallMs: number): HardwareScan {
  const checks = [
    judgeProcessor(readings.processor),
    judgeMemory(readings.memoryBytes),
    judgeDisk(readings.diskFreeBytes),
    judgeGraphics(readings.graphics),
    judgeClock(wallMs),
    judgeEngine(engine),
  ];
  return { passed: checks.every((check) => check.ok), checks };
}

function judgeProcessor(processor: Readings['processor']): HardwareCheck {
  const line = { id: 'processor', label: 'Processor' } as const;
  if (processor === undefined) return { ...line, ok: true, value: 'Present, model not readable' };
  const { model, cores } = processor;
  const value = `${clean(model) || 'Unnamed processor'}, ${cores} core${cores === 1 ? '' : 's'}`;
  return { ...line, ok: true, value };
}

function judgeMemory(bytes: number | undefined): HardwareCheck {
  const line = { id: 'memory', label: 'Memory' } as const;
  if (bytes === undefined) return { ...line, ok: true, value: 'Could not be measured' };
  const value = `${gib(bytes)} GB`;
  if (bytes >= LEAST_MEMORY_BYTES) return { ...line, ok: true, value };
  return {
    ...line,
    ok: false,
    value,
    advice: 'At least 2 GB are needed to run a model. Add memory, or use another computer.',
  };
}

function judgeDisk(bytes: number | undefined): HardwareCheck {
  const line = { id: 'disk', label: 'Disk space' } as const;
  if (bytes === undefined)
    return {
      ...line,
      ok: false,
      value: 'Could not be measured',
      advice: 'Check that the disk is connected and not read-only.',
    };
  const value = `${(bytes / 1000 ** 3).toFixed(bytes < 10 * 1000 ** 3 ? 1 : 0)} GB free`;
  if (bytes >= LEAST_DISK_BYTES) return { ...line, ok: true, value };
  return {
    ...line,
    ok: false,
    value,
    advice: 'At least 5 GB are needed for settings, receipts and a small model. Free some space.',
  };
}

function judgeGraphics(cards: Readings['graphics']): HardwareCheck {
  const line = { id: 'graphics', label: 'Graphics card', ok: true } as const;
  if (cards === undefined) return { ...line, value: 'Could not be looked up; models run on the processor' };
  const [first, ...more] = cards;
  if (first === undefined)
    return { ...line, value: 'No graphics card found: small models run on the processor' };
  const memory = first.memoryBytes === undefined ? '' : `, ${gib(first.memoryBytes)} GB`;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  return { ...line, value: `${clean(first.model) || 'Unnamed card'}${memory}${others}` };
}

function judgeClock(wallMs: number): HardwareCheck {
  const line = { id: 'clock', label: 'Clock' } as const;
  if (wallMs >= EARLIEST_MS && wallMs < LATEST_MS) return { ...line, ok: true, value: 'Set' };
  return {
    ...line,
    ok: false,
    value: 'Not set',
    advice: 'Receipts would carry a wrong date. Set the time, or connect to a network that tells it.',
  };
}

function judgeEngine({ name, reason }: EngineReading): HardwareCheck {
  const line = { id: 'engine', label: 'Engine' } as const;
  switch (name) {
    case 'ready':
      return { ...line, ok: true, value: 'Ready' };
    case 'starting':
      return { ...line, ok: true, value: 'Starting' };
    case 'idle':
      return { ...line, ok: true, value: 'Loaded when needed' };
    case 'restarting':
      return {
        ...line,
        ok: false,
        value: 'Restarting',
        advice: reason ?? 'It stopped and is started again by itself.',
      };
    case 'failed':
      return {
        ...line,
        ok: false,
        value: 'Not running',
        advice: reason ?? 'Look at the log, then start the machine again.',
      };
    case 'stopped':
      return { ...line, ok: false, value: 'Stopped', advice: reason ?? 'Start the machine again.' };
  }
}

/** One decimal below 10, none above; in GiB, the size memory is sold by. */
function gib(bytes: number): string {
  const value = bytes / GIB;
  return value.toFixed(value < 10 && Math.abs(value - Math.round(value)) > 0.05 ? 1 : 0);
}

/** A part's name as its maker wrote it, without marks and with an end. */
function clean(name: string): string {
  return name
    .replace(/\((?:R|TM|C)\)/gi, '')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80);
}
