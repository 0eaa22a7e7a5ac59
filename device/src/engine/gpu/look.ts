/** What the environment of an engine's process says of cards, by a fresh look at the machine. Separate from `visible.ts`, which
 *  decides: it runs where the engine is started, in a unit's own root or beside the agent, each time it is started. */
import { CodedError } from '../../errors.ts';
import { drmCards } from '../../health/gpu/drm/sysfs.ts';
import type { ReadGpus } from '../../health/gpu/port.ts';
import type { Card } from './types.ts';
import { visibleCards } from './visible.ts';

/**
 * @param cards  those of the engine; none named: it may see all, and nothing is said
 * @param kernel  the kernel's cards
 * @throws graphics_card_gone
 */
export async function environmentOf(
  cards: readonly Card[] | null | undefined,
  kernel: ReadGpus = drmCards(),
): Promise<Readonly<Record<string, string>>> {
  if (cards == null) return {};
  const environment = visibleCards(cards, await kernel());
  if (environment === undefined)
    throw new CodedError(
      'graphics_card_gone',
      'A graphics card of this engine is gone from the machine. It is looked for again.',
    );
  return environment;
}
