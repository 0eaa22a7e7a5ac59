/** How much memory models may take on this machine. Separate because it is a decision a buyer may ask about. Pure. */
import type { HealthAnswer } from '@b3iq/wire/local-api';

export interface ModelMemory {
  readonly bytes: number;
  readonly of: 'graphics' | 'machine';
}

/** What the system and the agent need besides, where a model lies in the machine's own memory. */
const SYSTEM_BYTES = 2 * 1024 ** 3;
/** A card with less is for a screen. */
export const LEAST_CARD_BYTES = 4 * 1024 ** 3;

/** All cards of one maker together, as a model can be split over them and no further; of two makers the one with more. Without
 *  a card that is known, the machine's memory. */
export function memoryFor({ gpus, memory }: Pick<HealthAnswer, 'gpus' | 'memory'>): ModelMemory {
  const byMaker = new Map<string, number>();
  for (const { vendor, memory_total_bytes: bytes } of gpus ?? [])
    if (bytes !== null && bytes >= LEAST_CARD_BYTES) byMaker.set(vendor, (byMaker.get(vendor) ?? 0) + bytes);
  const graphics = Math.max(0, ...byMaker.values());
  if (graphics > 0) return { bytes: graphics, of: 'graphics' };
  return { bytes: Math.max(0, (memory.total_bytes ?? 0) - SYSTEM_BYTES), of: 'machine' };
}
