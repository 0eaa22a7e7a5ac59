/**
 * What is known about versions of the whole system: this machine, what is on its disk, what is on offer, how it ended.
 * Separate because the agent, the fetching program and the root program decide from the same facts.
 */
import type { UpdateManifest } from '@b3iq/wire';
import { z } from 'zod';

/** The system that runs, in its own words. @see os-release(5) */
export interface RunningSystem {
  readonly version: number;
  readonly imageId: string;
  readonly architecture: string;
  readonly variant: string;
  /** RFC 3339, where the image says it. */
  readonly releasedAt: string | undefined;
  /** `YYYY-MM-DD`. */
  readonly supportUntil: string | undefined;
}

/** A version the firmware could start. `triesLeft` is undefined once it has proven itself. @see UAPI.1 Boot Counting */
export interface BootEntry {
  readonly version: number;
  readonly triesLeft: number | undefined;
}

/** What a verdict on an offered version needs to know of the machine. */
export interface MachineFacts {
  readonly running: RunningSystem;
  /** The running version has not proven itself: the other slot is the way back and must stay. */
  readonly onTrial: boolean;
  /** Versions that were started and did not prove themselves; their numbers are burnt. */
  readonly failed: readonly number[];
  /** The highest version that ever proved itself here; nothing below it comes back. */
  readonly floor: number;
}

export const SOURCES = ['usb', 'url'] as const;
export type SourceKind = (typeof SOURCES)[number];

/** A verified manifest and where it was found. */
export interface Offer {
  readonly from: SourceKind;
  readonly manifest: UpdateManifest;
}

/** Why a version was not installed. Each has its sentence in `words.ts`. */
export const OBSTACLES = [
  // about the offer
  'nothing-found',
  'not-signed', // damaged, unsigned, or by a key this machine does not know
  'not-for-this-machine',
  'not-newer',
  'failed-before',
  'out-of-date', // a server shows what was to be replaced by now
  'too-far', // an older version must be installed in between
  'on-trial',
  // on the way
  'no-connection',
  'source-refused', // the server answers, but not with an update
  'interrupted',
  'damaged', // the bytes are not the ones that were signed
  'no-space',
  'kernel-not-signed', // the firmware would refuse it, and the machine would be stranded
  'other-disk-key', // it could not open this machine's data
  'write-failed',
  'cut-short', // it was being written when the machine stopped
] as const;
export type Obstacle = (typeof OBSTACLES)[number];

/** How a look or an installation ended, as the fetching program leaves it for the agent. */
export interface Ended {
  /** RFC 3339. */
  readonly at: string;
  readonly version: number | undefined;
  /** Undefined when it went well. */
  readonly obstacle: Obstacle | undefined;
}

/** How the last update ended. `installed` and `rolled-back` are only known after a restart. */
export interface LastUpdate {
  readonly version: number;
  readonly at: string;
  readonly outcome: 'installed' | 'rolled-back' | 'refused';
  readonly obstacle: Obstacle | undefined;
}

/** What the root program remembers over restarts. */
export interface InstallRecord {
  /** Being written into the other slot, or written and not yet seen to run or fail. */
  readonly pending: { readonly version: number; readonly at: string } | undefined;
  readonly floor: number;
  /** Newest last, bounded. */
  readonly failed: readonly number[];
  readonly last: LastUpdate | undefined;
}

/** What the root program tells the agent, made anew at each start and after each of its own runs. */
export interface InstallFacts {
  readonly onTrial: boolean;
  readonly triesLeft: number | undefined;
  readonly entries: readonly BootEntry[];
  readonly record: InstallRecord;
}

export const PHASES = ['downloading', 'verifying', 'writing'] as const;
export type Phase = (typeof PHASES)[number];

/** What a program does at the moment; without a new one for a while it is taken for dead. */
export type Activity =
  | { readonly kind: 'looking' }
  | {
      readonly kind: 'installing';
      readonly version: number;
      readonly phase: Phase;
      readonly doneBytes: number;
      readonly totalBytes: number;
      readonly leftS: number | undefined;
    }
  | { readonly kind: 'none' };

/** An activity as it was last reported. */
export interface Report {
  /** Seconds since the machine started, which no setting of the clock moves. */
  readonly uptimeS: number;
  readonly activity: Activity;
}

/** The owner's wishes, and their part of the settings. */
export const updateSlice = z.strictObject({
  automatic: z.boolean(),
  /** RFC 3339; nothing is installed or restarted by itself before. */
  postponed_until: z.iso.datetime().nullable(),
});
export type UpdateSettings = Readonly<z.infer<typeof updateSlice>>;
/** Until the owner says otherwise, security updates come by themselves. */
export const defaultUpdateSettings: UpdateSettings = { automatic: true, postponed_until: null };
