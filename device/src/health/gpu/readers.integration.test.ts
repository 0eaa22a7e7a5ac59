import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../os/wait-for.ts';
import { gpuContract } from './contract.ts';
import { drmCards } from './drm/sysfs.ts';
import { fakeGpus } from './fake.ts';
import { writeDrmTree } from './fixtures/drm-tree.ts';
import { nvidiaSmi } from './nvidia/nvidia-smi.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'b3iq-gpu-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const table = new URL('./fixtures/nvidia-smi-from-the-manual.txt', import.meta.url).pathname;

/** A program with nvidia-smi's manners as its manual tells them. */
async function standIn(name: string, script: string): Promise<string> {
  const path = join(dir, `stand-in-nvidia-smi-${name}`);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

describe('a stand-in for nvidia-smi', () => {
  gpuContract(
    async () => nvidiaSmi(await standIn('well', `cat '${table}'`)),
    async () => nvidiaSmi(join(dir, 'not-there')),
  );

  it('is asked once more by the old name of a field its driver does not know', async () => {
    const path = await standIn(
      'old',
      `case "$1" in *clocks_event_reasons*) echo 'Field "clocks_event_reasons.active" is not a valid field to query.'; exit 2;; esac
       cat '${table}'`,
    );
    expect(await nvidiaSmi(path)()).toHaveLength(3);
  });

  it('that fails, says that nothing was found, or talks without end gives no card and no harm', async () => {
    expect(await nvidiaSmi(await standIn('failing', 'echo broken; exit 9'))()).toBeUndefined();
    expect(await nvidiaSmi(await standIn('empty', "echo 'No devices were found'"))()).toEqual([]);
    expect(await nvidiaSmi(await standIn('talking', 'yes 0000:01:00.0'))()).toBeUndefined();
  });

  it('that has lost a card tells of the others, and of nothing when it names none', async () => {
    const lost = "echo 'Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.'";
    const some = await standIn('lost-one', `${lost}; tail -n 2 '${table}'; exit 15`);
    expect((await nvidiaSmi(some)())?.map(({ id }) => id)).toEqual(['0000:41:00.0', '0000:81:00.0']);
    expect(await nvidiaSmi(await standIn('lost-all', `${lost}; exit 15`))()).toBeUndefined();
  });

  it('that is not there is not looked for at each reading, but is found when it comes', async () => {
    const path = join(dir, 'stand-in-nvidia-smi-late');
    const patient = nvidiaSmi(path);
    const eager = nvidiaSmi(path, { absentForMs: 0 });
    expect([await patient(), await eager()]).toEqual([undefined, undefined]);
    await standIn('late', `cat '${table}'`);
    expect(await eager()).toHaveLength(3);
    expect(await patient()).toBeUndefined();
  });

  it('that hangs is waited for once, and asked again only when it is gone', async () => {
    const pids = join(dir, 'pids');
    const read = nvidiaSmi(await standIn('hanging', `echo $$ >> '${pids}'; exec sleep 600`), {
      limitMs: 300,
    });
    const both = await Promise.all([read(), read()]);
    expect(both).toEqual([undefined, undefined]);
    const [pid, ...others] = (await readFile(pids, 'utf8')).trim().split('\n').map(Number);
    expect(others).toEqual([]);
    await waitFor(() => !isRunning(pid ?? 0), { timeoutMs: 5_000, what: 'the stand-in is gone' });
    await waitFor(
      async () => {
        await read();
        return (await readFile(pids, 'utf8')).trim().split('\n').length === 2;
      },
      { timeoutMs: 5_000, what: 'it is asked again' },
    );
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the kernel’s graphics drivers', () => {
  gpuContract(
    async () => {
      const sys = await mkdtemp(join(dir, 'sys-'));
      await writeDrmTree(sys);
      return drmCards(sys);
    },
    async () => drmCards(join(dir, 'no-sys')),
  );

  it('show a card with its sensors, its clock and why it is slowed', async () => {
    const sys = await mkdtemp(join(dir, 'sys-'));
    await writeDrmTree(sys);
    const [radeon, builtIn] = (await drmCards(sys)()) ?? [];
    expect(radeon).toEqual({
      id: '0000:03:00.0',
      uuid: 'GPU-8f2a17c05d3e9b41',
      vendor: 'amd',
      name: 'AMD Radeon AI PRO R9700',
      driver: 'amdgpu',
      memoryTotalBytes: 34_208_743_424,
      memoryUsedBytes: 21_474_836_480,
      busyPercent: 98,
      clockMhz: 2_350,
      temperatureC: 78,
      hotspotC: 109,
      criticalC: 110,
      powerW: 299,
      powerLimitW: 300,
      throttled: ['heat'],
    });
    expect(builtIn).toMatchObject({
      name: 'AMD graphics 150e',
      temperatureC: 41,
      hotspotC: undefined,
      powerW: 4.072,
      throttled: undefined,
    });
  });

  it('are none where no graphics driver is loaded', async () => {
    const sys = await mkdtemp(join(dir, 'sys-'));
    await mkdir(join(sys, 'class', 'hwmon'), { recursive: true });
    expect(await drmCards(sys)()).toEqual([]);
  });

  it('read this machine, whatever it has', async () => {
    const gpus = await drmCards()();
    for (const gpu of gpus ?? []) expect(gpu.name).not.toBe('');
  });
});

describe('the fake', () => {
  gpuContract(
    async () => fakeGpus().read,
    async () => fakeGpus('unreadable').read,
  );
});
