/**
 * The variables by which a runtime sees some cards and not others. Pure; separate because they are the vendors' own, each
 * with its own way to name a card, and everything that is put into an engine's environment stands here.
 */
import type { GpuReading } from '../../health/gpu/types.ts';
import { LEAST_CARD_BYTES } from '../../models/memory.ts';
import type { Card } from './types.ts';

/**
 * What shows an engine these cards and no others, to whichever runtime it was built with.
 *
 * CUDA and ROCm take a card's own identity, which stays when another card goes. llama.cpp's Vulkan backend knows numbers
 * only, and they shift: so they are counted anew at each start, among the cards that are there then.
 * @param present  the kernel's cards now; `undefined` when they could not be read: then nothing is said to Vulkan
 * @param drivers  of Vulkan, by the names of their manifests, such as `radeon_icd.json`; Vulkan numbers only what one of them drives
 * @returns `undefined` when one of the cards is not there
 * @see https://docs.nvidia.com/cuda/cuda-programming-guide/05-appendices/environment-variables.html `CUDA_VISIBLE_DEVICES`
 * @see https://rocm.docs.amd.com/en/latest/reference/system-optimization/gpu-isolation.html `ROCR_VISIBLE_DEVICES`
 * @see https://github.com/ggml-org/llama.cpp ggml/src/ggml-vulkan/ggml-vulkan.cpp `GGML_VK_VISIBLE_DEVICES`
 */
export function visibleCards(
  cards: readonly Card[],
  present: readonly GpuReading[] | undefined,
  drivers: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const uuids = cards.flatMap(({ uuid }) => uuid ?? []);
  const isNamed = uuids.length === cards.length && cards.length > 0;
  const vendors = new Set(cards.map(({ vendor }) => vendor));
  const only = vendors.size === 1 ? cards[0]?.vendor : undefined;
  // The kernel shows NVIDIA's own driver only with its `nvidia-drm` module: such a card may be there unseen.
  const isThere = cards.every(({ id }) => present?.some((card) => card.id === id) ?? true);
  if (!isThere && only !== 'nvidia') return undefined;
  const order = vulkanOrder((present ?? []).filter((card) => isDriven(card, drivers)));
  const numbers = cards.map(({ id }) => order.indexOf(id));
  const isFound = !numbers.includes(-1);
  return {
    ...(isNamed && only === 'nvidia' ? { CUDA_VISIBLE_DEVICES: uuids.join(',') } : {}),
    ...(isNamed && only === 'amd' ? { ROCR_VISIBLE_DEVICES: uuids.join(',') } : {}),
    // Mesa's layer would put the card of the screen first, whatever the loader's order.
    ...(isFound ? { GGML_VK_VISIBLE_DEVICES: numbers.join(','), NODEVICE_SELECT: '1' } : {}),
  };
}

/** Which manifests drive cards of a kernel driver: Mesa's, AMD's and NVIDIA's own. */
const MANIFESTS: Readonly<Record<string, RegExp>> = {
  amdgpu: /^(?:radeon|amd)_icd/,
  i915: /^intel_icd/,
  nouveau: /^nouveau_icd/,
  nvidia: /^nvidia_icd/,
  xe: /^intel_icd/,
};

function isDriven({ driver = '' }: GpuReading, drivers: readonly string[]): boolean {
  const manifest = Object.entries(MANIFESTS).find(([name]) => name === driver)?.[1];
  return manifest !== undefined && drivers.some((name) => manifest.test(name));
}

/**
 * PCI addresses in the order in which the Vulkan loader numbers cards on Linux: plugged-in cards, then those built into a
 * processor, each by address. Nothing tells the kind beforehand, so it is taken from where and how large a card is; a
 * built-in one that is taken for another still comes last where its address is the highest, as on every board of AMD's.
 * @see https://github.com/KhronosGroup/Vulkan-Loader/blob/main/loader/loader_linux.c `compare_devices`
 * @see https://docs.mesa3d.org/envvars.html `NODEVICE_SELECT`
 */
export function vulkanOrder(present: readonly GpuReading[]): readonly string[] {
  const builtIn = ({ vendor, id, memoryTotalBytes = 0 }: GpuReading): number =>
    Number(
      vendor === 'intel'
        ? id.startsWith('0000:00:')
        : vendor === 'amd' && memoryTotalBytes < LEAST_CARD_BYTES,
    );
  return present.toSorted((a, b) => builtIn(a) - builtIn(b) || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}
