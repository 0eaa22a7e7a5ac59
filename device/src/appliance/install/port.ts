/** What installing needs of the machine and of the person. Separate so that every conversation can be tried. */
import type { TargetDisk } from './types.ts';

export interface Machine {
  /** @throws appliance_step_failed when the disks could not be listed */
  disks(): Promise<readonly TargetDisk[]>;
  hasTpm(): boolean;
  /** Replaces everything on a disk by this system. @throws appliance_step_failed; the disk is then useless until it is tried again */
  write(disk: TargetDisk): Promise<void>;
}

/** Every console the machine has at once: a screen, a serial line. */
export interface Person {
  say(...lines: readonly string[]): void;
  /** The next line typed after the question, without what was typed before it. Waits for ever. */
  ask(question: string): Promise<string>;
}
