/** Disks as somebody choosing one sees them. Pure data. */

/** What lies on a disk: `owner-data` is a B3IQ machine's, whoever it belongs to. */
export type Holds = 'nothing' | 'something' | 'owner-data';

export interface TargetDisk {
  /** Such as `/dev/nvme0n1`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Maker's words, in plain characters; `Disk` when it has none. */
  readonly model: string;
  readonly holds: Holds;
}

/** How an installation ended. */
export type Outcome =
  | { readonly kind: 'installed'; readonly disk: TargetDisk }
  | { readonly kind: 'declined' }
  | { readonly kind: 'no-disk' }
  | { readonly kind: 'failed'; readonly disk: TargetDisk };
