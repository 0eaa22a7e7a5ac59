import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDrmCard, parseGpuMetrics } from './drm/parse.ts';
import { gpuMetrics } from './fixtures/drm-tree.ts';
import { nvidiaFields, parseNvidiaReasons, parseNvidiaSmi } from './nvidia/parse.ts';
import { cardUuid, celsiusIn, numberIn, pciAddress, printableName } from './parse.ts';
import { mergeGpus } from './plan.ts';
import { MAX_GPUS } from './types.ts';

const fromManual = readFileSync(
  new URL('./fixtures/nvidia-smi-from-the-manual.txt', import.meta.url),
  'utf8',
);

describe('what nvidia-smi prints', () => {
  it('becomes cards, with what a card does not tell left out', () => {
    const [busy, idle, odd] = parseNvidiaSmi(fromManual);
    expect(busy).toEqual({
      id: '0000:01:00.0',
      uuid: 'GPU-4b2c1a9f-8d3e-6f7a-b5c9-2e4d8a1f6c3b',
      vendor: 'nvidia',
      name: 'NVIDIA GeForce RTX 5090',
      driver: 'nvidia',
      memoryTotalBytes: 32_607 * 1024 ** 2,
      memoryUsedBytes: 18_432 * 1024 ** 2,
      busyPercent: 97,
      clockMhz: 2_407,
      temperatureC: 71,
      hotspotC: undefined,
      criticalC: undefined,
      powerW: 574.32,
      powerLimitW: 575,
      throttled: ['power-limit'],
    });
    expect(idle).toMatchObject({ busyPercent: 0, throttled: [] });
    expect(odd).toMatchObject({
      name: 'NVIDIA A10, engineering sample',
      memoryUsedBytes: undefined,
      busyPercent: undefined,
      clockMhz: undefined,
      powerW: undefined,
      powerLimitW: undefined,
      throttled: ['heat'],
    });
  });

  it('asks for as many fields as a line holds, the name last', () => {
    const fields = nvidiaFields('clocks_event_reasons');
    expect(fields).toHaveLength(11);
    expect(fields.at(-1)).toBe('name');
    expect(fields).toContain('clocks_event_reasons.active');
  });

  it('is not believed: no line, a fault of the driver, a card twice, a name that hides', () => {
    expect(parseNvidiaSmi('')).toEqual([]);
    expect(parseNvidiaSmi('No devices were found\n')).toEqual([]);
    expect(
      parseNvidiaSmi('Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.'),
    ).toEqual([]);
    const line =
      '00000000:01:00.0, 1e9, -1, 101, 2407, 900, 1/0, NaN, 4, GPU-../../etc, \u202e\u0000\u001b[31m';
    const [card, ...more] = parseNvidiaSmi(`${line}\r\n${line}\n`);
    expect(more).toEqual([]);
    expect(card?.name).toBe('[31m');
    expect({ ...card, id: '', vendor: '', name: '', driver: '', clockMhz: undefined }).toEqual({
      id: '',
      vendor: '',
      name: '',
      driver: '',
    });
    const many = Array.from(
      { length: 40 },
      (_, i) => `0000:${(i + 16).toString(16)}:00.0, 1, 1, 1, 1, 1, 1, 1, 0x0, [N/A], x`,
    );
    expect(parseNvidiaSmi(many.join('\n'))).toHaveLength(MAX_GPUS);
  });

  it('gives reasons by their bits, and none for a clock that only changes', () => {
    expect(parseNvidiaReasons('0x00000000000000E0')).toEqual(['heat', 'power-supply']);
    expect(parseNvidiaReasons('0x0000000000000008')).toEqual([]);
    expect(parseNvidiaReasons('Not Active')).toBeUndefined();
  });

  it('never throws, whatever is printed', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => {
        for (const gpu of parseNvidiaSmi(text)) expect(gpu.name.length).toBeLessThanOrEqual(80);
      }),
    );
  });
});

describe('what the kernel shows of a card', () => {
  const nothing = {
    uevent: 'DRIVER=amdgpu\nPCI_ID=1002:7551\nPCI_SLOT_NAME=0000:03:00.0\n',
    productName: undefined,
    uniqueId: undefined,
    vramTotal: undefined,
    vramUsed: undefined,
    busyPercent: undefined,
    dpmClock: undefined,
    gpuMetrics: undefined,
    hwmon: new Map<string, string>(),
  };

  it('is a card even when it tells nothing but where it is', () => {
    expect(parseDrmCard(nothing)).toEqual({
      id: '0000:03:00.0',
      vendor: 'amd',
      name: 'AMD graphics 7551',
      driver: 'amdgpu',
    });
  });

  it('is no card of a virtual machine, of nobody, or without a place', () => {
    for (const uevent of [
      undefined,
      '',
      'PCI_ID=1AF4:1050\nPCI_SLOT_NAME=0000:00:01.0',
      'PCI_ID=1002:7551\nPCI_SLOT_NAME=../../etc',
      'PCI_ID=constructor\nPCI_SLOT_NAME=0000:00:01.0',
    ])
      expect(parseDrmCard({ ...nothing, uevent })).toBeUndefined();
  });

  it('reads sensors by their labels, and the first one where there are none', () => {
    const labelled = new Map([
      ['temp1_label', 'junction'],
      ['temp1_input', '90000'],
      ['temp1_crit', '110000'],
      ['temp2_label', 'edge'],
      ['temp2_input', '70500'],
    ]);
    expect(parseDrmCard({ ...nothing, hwmon: labelled })).toMatchObject({
      temperatureC: 70.5,
      hotspotC: 90,
      criticalC: 110,
    });
    const bare = new Map([
      ['temp1_input', '55000'],
      ['temp1_crit', '105000'],
      ['power1_input', '12500000'],
    ]);
    expect(
      parseDrmCard({ ...nothing, uevent: nothing.uevent.replace('1002', '10DE'), hwmon: bare }),
    ).toMatchObject({
      vendor: 'nvidia',
      temperatureC: 55,
      hotspotC: undefined,
      criticalC: 105,
      powerW: 12.5,
    });
  });

  it('leaves out what is out of range', () => {
    const hwmon = new Map([
      ['temp1_input', '2147483647'],
      ['power1_average', '-1'],
    ]);
    const card = parseDrmCard({
      ...nothing,
      busyPercent: '250',
      vramTotal: '0',
      dpmClock: '0: 500Mhz',
      hwmon,
    });
    expect(card).toEqual(parseDrmCard(nothing));
  });

  it('reads the throttle word of format 1.3 and guesses at no other', () => {
    expect(parseGpuMetrics(gpuMetrics(0n))).toEqual([]);
    expect(parseGpuMetrics(gpuMetrics((1n << 36n) | 1n))).toEqual(['heat', 'power-limit']);
    expect(parseGpuMetrics(gpuMetrics(0xffff_ffff_ffff_ffffn))).toBeUndefined();
    const older = gpuMetrics(1n << 36n);
    older[3] = 1;
    expect(parseGpuMetrics(older)).toBeUndefined();
    expect(parseGpuMetrics(gpuMetrics(1n).subarray(0, 119))).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        parseGpuMetrics(bytes);
      }),
    );
  });
});

describe('cards of both', () => {
  it('are one list, in which the tool knows its own better', () => {
    const tool = parseNvidiaSmi(fromManual);
    const [first] = tool;
    if (first === undefined) throw new Error('the fixture has cards');
    const kernel = [{ ...first, name: 'NVIDIA graphics 2b85', id: '0000:01:00.0' }];
    expect(mergeGpus(kernel, tool)).toEqual(tool);
    expect(mergeGpus(kernel, undefined)).toEqual(kernel);
    expect(mergeGpus(undefined, [])).toEqual([]);
    expect(mergeGpus(undefined, undefined)).toBeUndefined();
  });
});

describe('small readers', () => {
  it('take an identity only as runtimes take one', () => {
    expect(cardUuid(' GPU-4B2C1A9F-8D3E-6F7A-B5C9-2E4D8A1F6C3B ')).toBe(
      'GPU-4b2c1a9f-8d3e-6f7a-b5c9-2e4d8a1f6c3b',
    );
    expect(cardUuid('GPU-8f2a17c05d3e9b41')).toBe('GPU-8f2a17c05d3e9b41');
    for (const text of [undefined, '', '[N/A]', 'GPU-XX', 'GPU-0000000000000000', 'GPU-1,0', 'MIG-1', '0'])
      expect(cardUuid(text)).toBeUndefined();
  });

  it('take what fits and leave the rest', () => {
    expect(numberIn(' 42 ', 0, 100)).toBe(42);
    for (const text of [undefined, '', '0x10', '1e3', 'Infinity', '١٢', '1'.repeat(30), '101'])
      expect(numberIn(text, 0, 100)).toBeUndefined();
    expect(celsiusIn('-5500', 1000)).toBe(-5.5);
    expect(pciAddress('00000000:C1:00.0')).toBe('0000:c1:00.0');
    expect(pciAddress('00010000:01:00.0')).toBe('10000:01:00.0');
    expect(pciAddress('0000:01:20.0')).toBeUndefined();
    expect(printableName(' \u200b ', 'Card')).toBe('Card');
    expect(printableName('x'.repeat(900), 'Card')).toHaveLength(80);
  });
});
