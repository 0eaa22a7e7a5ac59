import { describe, expect, it } from 'vitest';
import { fakeGpu, silentGpu } from '../../health/gpu/fake.ts';
import type { GpuReading } from '../../health/gpu/types.ts';
import { visibleCards, vulkanOrder } from './visible.ts';

const GIB = 1024 ** 3;
const NVIDIA = [
  'GPU-4b2c1a9f-8d3e-6f7a-b5c9-2e4d8a1f6c3b',
  'GPU-8932f937-d72c-4106-c12f-20bd9faed9f6',
] as const;
const nvidia = (id: string, uuid: string | null) => ({ id, uuid, vendor: 'nvidia', name: 'RTX' }) as const;
const amd = (id: string, uuid: string | null) => ({ id, uuid, vendor: 'amd', name: 'R9700' }) as const;
/** A card as the kernel shows it. */
const MESA = ['radeon_icd.json', 'intel_icd.json', 'nouveau_icd.json'];
const there = (id: string, rest: Partial<GpuReading> = {}) => fakeGpu({ id, ...rest });

describe('what an engine is told to see', () => {
  it('names NVIDIA’s cards to CUDA by what stays, in the engine’s own order', () => {
    const cards = [nvidia('0000:81:00.0', NVIDIA[1]), nvidia('0000:41:00.0', NVIDIA[0])];
    expect(visibleCards(cards, undefined, MESA)).toEqual({
      CUDA_VISIBLE_DEVICES: `${NVIDIA[1]},${NVIDIA[0]}`,
    });
  });

  it('names AMD’s cards to ROCm, and to Vulkan by their numbers of this moment', () => {
    const present = [there('0000:03:00.0'), there('0000:07:00.0')];
    const second = [amd('0000:07:00.0', 'GPU-8f2a17c05d3e9b41')];
    expect(visibleCards(second, present, MESA)).toEqual({
      ROCR_VISIBLE_DEVICES: 'GPU-8f2a17c05d3e9b41',
      GGML_VK_VISIBLE_DEVICES: '1',
      NODEVICE_SELECT: '1',
    });
    // The first one is gone: the number shifts, the name does not.
    expect(visibleCards(second, present.slice(1), MESA)).toMatchObject({
      ROCR_VISIBLE_DEVICES: 'GPU-8f2a17c05d3e9b41',
      GGML_VK_VISIBLE_DEVICES: '0',
    });
    expect(visibleCards([amd('0000:07:00.0', null)], present, MESA)).toEqual({
      GGML_VK_VISIBLE_DEVICES: '1',
      NODEVICE_SELECT: '1',
    });
  });

  it('is nothing at all when a card is not there, but for one that only its own driver sees', () => {
    const present = [there('0000:03:00.0')];
    expect(visibleCards([amd('0000:07:00.0', 'GPU-8f2a17c05d3e9b41')], present, MESA)).toBeUndefined();
    expect(visibleCards([nvidia('0000:41:00.0', null)], present, MESA)).toEqual({});
    expect(visibleCards([nvidia('0000:41:00.0', NVIDIA[0])], present, MESA)).toEqual({
      CUDA_VISIBLE_DEVICES: NVIDIA[0],
    });
  });

  it('counts for Vulkan only what one of its drivers drives, and says nothing where none does', () => {
    const present = [
      there('0000:01:00.0', { vendor: 'nvidia', driver: 'nvidia' }),
      there('0000:03:00.0'),
      there('0000:05:00.0', { vendor: 'nvidia', driver: 'nouveau' }),
    ];
    const cards = [amd('0000:03:00.0', null)];
    expect(visibleCards(cards, present, MESA)).toMatchObject({ GGML_VK_VISIBLE_DEVICES: '0' });
    expect(visibleCards(cards, present, [...MESA, 'nvidia_icd.json'])).toMatchObject({
      GGML_VK_VISIBLE_DEVICES: '1',
    });
    expect(visibleCards(cards, present, ['nvidia_icd.json'])).toEqual({});
    expect(visibleCards(cards, [there('0000:03:00.0', { driver: undefined })], MESA)).toEqual({});
  });
});

describe('Vulkan’s numbers', () => {
  it('go by address, those built into a processor last', () => {
    const order = vulkanOrder([
      there('0000:00:02.0', { vendor: 'intel', memoryTotalBytes: undefined }),
      there('0000:05:00.0', { vendor: 'amd', memoryTotalBytes: GIB / 2 }),
      there('0000:c1:00.0'),
      { ...silentGpu, id: '0000:41:00.0' },
      there('0000:0a:00.0', { vendor: 'intel', memoryTotalBytes: undefined }),
    ]);
    expect(order).toEqual(['0000:0a:00.0', '0000:41:00.0', '0000:c1:00.0', '0000:00:02.0', '0000:05:00.0']);
  });
});
