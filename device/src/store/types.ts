/**
 * The form of a settings file and what reading one can give.
 * Separate so that what counts as damaged is decided without touching a disk.
 */
import type { z } from 'zod';

/** One step from version `from` to `from + 1`. Pure; its result is checked once all steps have run. */
export interface Migration {
  readonly from: number;
  /** One sentence on what changed and why. */
  readonly note: string;
  readonly up: (settings: unknown) => unknown;
  /**
   * The way back, for what the older form can say; the rest may be lost or throw, and is found out by going up again.
   * Without it nothing can be written while a version that brings this step is on trial.
   */
  readonly down?: (settings: unknown) => unknown;
}

/** Everything a store must know about the value it keeps. */
export interface Format<T> {
  /** Version written by this program, ≥ 1. */
  readonly version: number;
  readonly schema: z.ZodType<T>;
  /** The value of a machine that has never stored anything. */
  readonly initial: T;
  /** One for each older version that can still be read, in order. */
  readonly migrations: readonly Migration[];
}

/** What a file's text holds. `older` and `current` have passed the checksum; only `current` the schema too. */
export type Parsed<T> =
  | { readonly kind: 'current'; readonly value: T; readonly savedAt: string }
  | { readonly kind: 'older'; readonly version: number; readonly raw: unknown; readonly savedAt: string }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly reason: string };

/** What lies at a path: nothing, something that cannot be used, or a usable file. */
export type FileState<T> = { readonly kind: 'absent' } | Parsed<T>;

/** What to do at start, decided from the two files alone. */
export type OpenPlan<T> =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'use'; readonly from: 'main' | 'copy'; readonly file: Usable<T>; readonly aside: Aside }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'corrupt'; readonly reason: string };
export type Usable<T> = Extract<Parsed<T>, { kind: 'current' | 'older' }>;
/** Which damaged file is kept for a look later. */
export type Aside = 'main' | 'copy' | 'none';
