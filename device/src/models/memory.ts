/** How much memory models may take on this machine. Separate because it is a decision a buyer may ask about. Pure. */

/** What is read of `HealthAnswer`. */
export interface MemoryReading {
  readonly gpus: readonly { readonly memory_total_bytes: number | null }[] | null;
  readonly memory: { readonly total_bytes: number | null };
}

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
const LEAST_CARD_BYTES = 4 * 1024 ** 3;

/** All cards together, as llama.cpp shares a model among them; without a card that is known, the machine's memory. */
export function memoryFor({ gpus, memory }: MemoryReading): ModelMemory {
  const cards = (gpus ?? [])
    .map((gpu) => gpu.memory_total_bytes ?? 0)
    .filter((bytes) => bytes >= LEAST_CARD_BYTES);
  const graphics = cards.reduce((sum, bytes) => sum + bytes, 0);
  if (graphics > 0) return { bytes: graphics, of: 'graphics' };
  const total = memory.total_bytes ?? 0;
  const bytes = Math.min(total - SYSTEM_BYTES, Math.floor(total * ENGINES_SHARE));
  return { bytes: Math.max(0, bytes), of: 'machine' };
}
