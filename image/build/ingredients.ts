/**
 * What every build of one image has in common: its packages, and where they are. Pure.
 * Separate because the first build, the second and the bill of materials must mean the same packages.
 */
import type { Lock, Tree } from './lock.ts';
import type { GivenPackages } from './nvidia.ts';

export interface Ingredients {
  readonly locks: Readonly<Record<Tree, Lock>>;
  /** NVIDIA's packages for the profile `nvidia`; empty otherwise. */
  readonly given: GivenPackages;
  /** Folder that holds every package of both. */
  readonly store: string;
}
