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

/** All cards together, as llama.cpp shares a model among them; without a card that is known, the machine's memory. */
export function memoryFor({ gpus, memory }: Pick<HealthAnswer, 'gpus' | 'memory'>): ModelMemory {
  const cards = (gpus ?? [])
    .map((gpu) => gpu.memory_total_bytes ?? 0)
    .filter((bytes) => bytes >= LEAST_CARD_BYTES);
  const graphics = cards.reduce((sum, bytes) => sum + bytes, 0);
  if (graphics > 0) return { bytes: graphics, of: 'graphics' };
  return { bytes: Math.max(0, (memory.total_bytes ?? 0) - SYSTEM_BYTES), of: 'machine' };
}
