/**
 * Whether a version may be installed here, and which of several is taken. Pure.
 * Separate and shared: the agent uses it to show, the fetching program to fetch, and the root program to refuse. Only
 * the last of them is a boundary.
 */
import { CLOCK_SKEW_MS, timeToMs, type UpdateManifest } from '@b3iq/wire';
import type { MachineFacts, Obstacle, Offer } from './types.ts';

/** What stands in the way of a version, or undefined. @param manifest  signature already verified */
export function judgeManifest(manifest: UpdateManifest, machine: MachineFacts): Obstacle | undefined {
  const { running } = machine;
  if (
    manifest.image_id !== running.imageId ||
    manifest.architecture !== running.architecture ||
    manifest.variant !== running.variant
  )
    return 'not-for-this-machine';
  // The floor counts too: an owner who went back by hand in the boot menu is not moved to something in between.
  if (manifest.version <= Math.max(running.version, machine.floor)) return 'not-newer';
  if (machine.failed.includes(manifest.version)) return 'failed-before';
  if (running.version < manifest.minimum_version) return 'too-far';
  // Last, since it passes by itself: the only other version that works lies in the slot that would be written.
  if (machine.onTrial) return 'on-trial';
  return undefined;
}

/**
 * Whether a manifest is no longer the newest word of whoever released it, so that a server which shows it may be holding a
 * newer one back. Said of servers only: a stick is what its owner brought, and may be years old. Not a boundary of the
 * root program's, which cannot know where a manifest came from; what protects there is the version floor.
 * @param nowMs  Unix ms; a clock that is behind lets pass what it cannot know better, one far ahead leaves the stick
 */
export function isOutOfDate({ exp }: UpdateManifest, nowMs: number): boolean {
  return exp !== undefined && timeToMs(exp) + CLOCK_SKEW_MS <= nowMs;
}

export type Choice =
  | { readonly kind: 'take'; readonly offer: Offer }
  /** The best that was on offer, and why not; no version when nothing was on offer. */
  | { readonly kind: 'none'; readonly obstacle: Obstacle; readonly version: number | undefined };

/**
 * The version to take: the highest that may be installed; a stick before the net when both have it.
 * @param offers  in order of preference, all with verified signatures
 */
export function chooseOffer(offers: readonly Offer[], machine: MachineFacts): Choice {
  const highestFirst = offers.toSorted((a, b) => b.manifest.version - a.manifest.version); // stable: ties keep their order
  const good = highestFirst.find(({ manifest }) => judgeManifest(manifest, machine) === undefined);
  if (good !== undefined) return { kind: 'take', offer: good };
  const [best] = highestFirst;
  if (best === undefined) return { kind: 'none', obstacle: 'nothing-found', version: undefined };
  const { manifest } = best;
  return {
    kind: 'none',
    obstacle: judgeManifest(manifest, machine) ?? 'nothing-found',
    version: manifest.version,
  };
}

/** What a version weighs on the wire. */
export function downloadBytes({ artefacts }: UpdateManifest): number {
  return artefacts.root.size_bytes + artefacts.root_verity.size_bytes + artefacts.uki.size_bytes;
}

/** What it weighs unpacked, as it is written. */
export function contentBytes({ artefacts }: UpdateManifest): number {
  return (
    artefacts.root.content_size_bytes +
    artefacts.root_verity.content_size_bytes +
    artefacts.uki.content_size_bytes
  );
}
