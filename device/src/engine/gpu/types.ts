/** Graphics cards as engines are given them. Pure data; separate from readings, which hold what changes each minute. */
import type { GpuReading, GpuVendor } from '../../health/gpu/types.ts';

/** A card an engine can be given: where it is, and by which names its maker's runtime knows it. */
export interface Card {
  /** PCI address: stays while the machine's slots stay. */
  readonly id: string;
  readonly uuid?: string | null | undefined;
  readonly vendor: GpuVendor;
  /** For people. */
  readonly name: string;
}

export interface SizedCard extends Card {
  readonly memoryBytes: number;
}

/** What an engine needs of cards. */
export interface CardNeed {
  /** Of the engine. */
  readonly engine: string;
  /** Weights and context: divided among the cards of one engine. */
  readonly sharedBytes: number;
  /** Room to compute, on each of them. */
  readonly perCardBytes: number;
}

export type Place =
  /** One card, or the model split over several of one maker. */
  | { readonly kind: 'cards'; readonly cards: readonly SizedCard[] }
  | { readonly kind: 'processor'; readonly reason: string };

/** What the two sources said of the cards that are there now; `undefined`: it could not be found out. */
export interface CardReadings {
  readonly kernel: readonly GpuReading[] | undefined;
  /** NVIDIA's own. */
  readonly tool: readonly GpuReading[] | undefined;
}
