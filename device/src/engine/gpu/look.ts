/** What the environment of an engine's process says of cards, by a fresh look at the machine. Separate from `visible.ts`, which
 *  decides: it runs where the engine is started, in a unit's own root or beside the agent, each time it is started. */
import { readdir } from 'node:fs/promises';
import { CodedError } from '../../errors.ts';
import { drmCards } from '../../health/gpu/drm/sysfs.ts';
import type { ReadGpus } from '../../health/gpu/port.ts';
import type { Card } from './types.ts';
import { visibleCards } from './visible.ts';

/** Where the Vulkan loader looks when nothing else is said, and nothing is said to engines.
 *  @see https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md "Driver Discovery on Linux" */
const MANIFEST_FOLDERS = ['/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/usr/share/vulkan/icd.d'];

interface Machine {
  readonly kernel: ReadGpus;
  readonly manifests: readonly string[];
}

/**
 * @param cards  those of the engine; none named: it may see all, and nothing is said
 * @param machine  the kernel's cards, and the folders of Vulkan's manifests; this machine's when left out
 * @throws graphics_card_gone
 */
export async function environmentOf(
  cards: readonly Card[] | null | undefined,
  { kernel, manifests }: Machine = { kernel: drmCards(), manifests: MANIFEST_FOLDERS },
): Promise<Readonly<Record<string, string>>> {
  if (cards == null) return {};
  const drivers = await Promise.all(manifests.map((folder) => readdir(folder).catch(() => [])));
  const environment = visibleCards(cards, await kernel(), drivers.flat());
  if (environment === undefined)
    throw new CodedError(
      'graphics_card_gone',
      'A graphics card of this engine is gone from the machine. It is looked for again.',
    );
  return environment;
}
