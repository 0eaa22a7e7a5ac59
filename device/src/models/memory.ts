/** How much memory models may take on this machine. Separate because it is a decision a buyer may ask about. Pure. */

export interface ModelMemory {
  readonly bytes: number;
  readonly of: 'graphics' | 'machine';
}

/** What the system and the agent need besides, where a model lies in the machine's own memory. */
const SYSTEM_BYTES = 2 * 1024 ** 3;
/** All engines together get no more of it; the rest is for the system and its cache. On an appliance the kernel sees to that:
 *  an engine beyond it is ended. @see `b3iq-engine.slice`, MemoryMax */
export const ENGINES_SHARE = 0.85;
/** A card with less is for a screen. */
export const LEAST_CARD_BYTES = 4 * 1024 ** 3;

/**
 * @param cards  what a model may be split over; none: models lie in the machine's own memory
 * @param totalBytes  of that
 */
export function memoryFor(
  cards: readonly { readonly memoryBytes: number }[],
  totalBytes: number,
): ModelMemory {
  if (cards.length > 0)
    return { bytes: cards.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0), of: 'graphics' };
  const bytes = Math.min(totalBytes - SYSTEM_BYTES, Math.floor(totalBytes * ENGINES_SHARE));
  return { bytes: Math.max(0, bytes), of: 'machine' };
}
