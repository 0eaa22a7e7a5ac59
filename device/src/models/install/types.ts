/**
 * What an installation is: where its bytes come from, what they must be, how far it is, and why it stopped.
 * Separate because the record on disk, the transfer, the service and its routes all speak of these.
 */
import type { ModelId, Sha256Hex } from '@b3iq/wire';

/** Where bytes come from. A path is one of this machine; a name is below the stick that the system has mounted. */
export type InstallSource =
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      /** Another program keeps it and will not change it: a link will do where it lies on the same disk. */
      readonly mayLink?: boolean | undefined;
    }
  | { readonly kind: 'stick'; readonly name: string };

/** What is known of the file before a byte of it is here. Nothing known: the model is pinned by what arrives. */
export interface Expected {
  readonly sha256?: Sha256Hex | undefined;
  readonly sizeBytes?: number | undefined;
  /** In order, the last one shorter. */
  readonly chunkSha256?: readonly Sha256Hex[] | undefined;
}

/** How the far side tells one version of a file from another. */
export interface Version {
  readonly totalBytes: number;
  /** A strong entity tag, or the identity of a local file; `undefined` when the far side does not tell versions apart. */
  readonly validator?: string | undefined;
}

/** Why it is not going on. Each has its sentence in `words.ts`. */
export const OBSTACLES = [
  // A person, or the same again later, can get past these; what is here stays.
  'no-connection',
  'interrupted',
  'source-refused',
  'stick-gone',
  'no-space',
  'disk-failed',
  'bad-chunk',
  // What is here is of no use, and is given back.
  'not-a-model',
  'wrong-hash',
  'other-size',
  'no-length',
  'too-large',
] as const;
export type Obstacle = (typeof OBSTACLES)[number];

export interface Failure {
  readonly obstacle: Obstacle;
  /** A sentence from the header gate or about the source; never an address or a path. */
  readonly detail?: string | undefined;
}

/** What its owner wants of it. `failed` waits for the owner too. */
export type Wanted = 'run' | 'paused' | 'failed';

/** One installation as it lies on disk, in a folder named by its id. */
export interface InstallRecord {
  readonly id: string;
  readonly modelId: ModelId;
  readonly label: string;
  readonly source: InstallSource;
  readonly expected: Expected;
  /** Of a part that is proven and remembered by itself. */
  readonly chunkBytes: number;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly wanted: Wanted;
  readonly failure?: Failure | undefined;
  /** Of the version whose beginning is here. */
  readonly version?: Version | undefined;
}

/** What runs now. `waiting`: another one is being fetched. */
export type Phase = 'waiting' | 'fetching' | 'retrying' | 'checking' | 'paused' | 'failed';

export interface InstallState {
  readonly record: InstallRecord;
  readonly phase: Phase;
  readonly doneBytes: number;
  readonly totalBytes: number | undefined;
  readonly bytesPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
}

/** A model that is installed, as its own folder says. */
export interface ModelRecord {
  readonly id: ModelId;
  readonly label: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly format: 'gguf' | 'safetensors';
  /** `first-download`: nobody had said what the file must be; it is held to what came then. */
  readonly pinnedBy: 'manifest' | 'first-download';
  /** RFC 3339. */
  readonly installedAt: string;
}
