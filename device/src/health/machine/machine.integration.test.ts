import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeGpus } from '../gpu/fake.ts';
import { machineReader } from './machine.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'b3iq-machine-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('this machine', () => {
  it('is read in one go: what it has in sensible bounds, the rest left out', async () => {
    const { cpu, memory, disk } = await machineReader(dir)();
    expect(memory.totalBytes).toBeGreaterThan(memory.usedBytes);
    expect(memory.usedBytes).toBeGreaterThan(0);
    expect(disk.totalBytes).toBeGreaterThanOrEqual(disk.freeBytes ?? Number.POSITIVE_INFINITY);
    expect(cpu.loadPercent).toBeGreaterThanOrEqual(0);
    expect(cpu.loadPercent).toBeLessThanOrEqual(100);
  });

  it('gives its heat from the kernel’s monitors', async () => {
    const sys = join(dir, 'sys');
    const monitor = join(sys, 'class', 'hwmon', 'hwmon2');
    await mkdir(monitor, { recursive: true });
    await writeFile(join(monitor, 'name'), 'k10temp\n');
    await writeFile(join(monitor, 'temp1_label'), 'Tctl\n');
    await writeFile(join(monitor, 'temp1_input'), '64250\n');
    const read = machineReader(dir, { sys, gpus: fakeGpus([]).read });
    expect(await read()).toMatchObject({
      cpu: { temperatureC: 64.25, criticalC: undefined },
      gpus: [],
    });
  });

  it('says nothing of a disk and sensors that are not there, and of cards nobody could look up', async () => {
    const read = machineReader(join(dir, 'gone'), {
      sys: join(dir, 'no-sys'),
      gpus: fakeGpus('unreadable').read,
    });
    expect(await read()).toMatchObject({
      cpu: { temperatureC: undefined },
      disk: { freeBytes: undefined, totalBytes: undefined },
      gpus: undefined,
    });
  });
});
