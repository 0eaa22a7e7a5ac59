/**
 * What fetching and installing need of the world. Separate so that both are tested without a firmware, a slot or a
 * server, and so that each real tool stands in one file.
 */
import type { Readable } from 'node:stream';
import type { BootEntry, SourceKind } from '../../update/types.ts';

/** A folder somewhere that holds a manifest and its files. */
export interface Source {
  readonly from: SourceKind;
  /** The manifest's text; undefined when there is none. @throws SourceError */
  manifest(signal: AbortSignal): Promise<string | undefined>;
  /**
   * The bytes of a file from `offset` on, or from the beginning where the source cannot do that.
   * @param file  a name, never a path      @throws SourceError
   */
  open(
    file: string,
    offset: number,
    signal: AbortSignal,
  ): Promise<{ readonly offset: number; readonly body: Readable }>;
}

/** Why a source gave nothing. `refused`: it answers, and it has not what was asked for. */
export class SourceError extends Error {
  readonly kind: 'no-connection' | 'refused';
  constructor(kind: 'no-connection' | 'refused', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SourceError';
    this.kind = kind;
  }
}

/** The files that are written: already proven, in the root program's own folder. */
export interface Staged {
  readonly version: number;
  /** Name in the staging folder → bytes. */
  readonly files: ReadonlyMap<string, number>;
}

/** The slots and the boot partition. */
export interface Slots {
  /** Versions the firmware could start. @throws when the boot partition cannot be read */
  entries(): Promise<readonly BootEntry[]>;
  /** Removes every version but `running` from the boot partition, so that nothing half-written is ever started. */
  keepOnly(running: number): Promise<void>;
  /** Writes the staged version into the other slot. @throws when it was not written whole */
  write(staged: Staged, onBytes: (done: number) => void): Promise<void>;
}

/** Whether the firmware would start a kernel image. */
export interface KernelSignature {
  /** @param path  of a kernel image in a folder that only root writes */
  isAccepted(path: string): Promise<boolean>;
}
