/**
 * One installation from what is on disk to a model, or to why not. Separate from the library, which decides when it runs and
 * remembers how it ended.
 */
import type { Sha256Hex } from '@b3iq/wire';
import { CodedError } from '../../errors.ts';
import { adopt } from './adopt.ts';
import type { ModelFolder } from './folder.ts';
import { PartFile } from './part.ts';
import type { Source } from './sources/port.ts';
import { type TransferOptions, type TransferOutcome, transfer } from './transfer.ts';
import type { Failure, InstallRecord, Phase } from './types.ts';

export interface RunOptions extends Pick<TransferOptions, 'remember' | 'freeBytes' | 'pause' | 'signal'> {
  readonly record: InstallRecord;
  readonly folder: ModelFolder;
  readonly source: Source;
  readonly onProgress: (doneBytes: number, phase: Phase) => void;
  /** Whether these bytes are a model of this machine already. */
  readonly isInstalled: (sha256: Sha256Hex) => boolean;
  /** Unix ms. */
  readonly nowMs: () => number;
}

export type RunOutcome =
  | { readonly kind: 'installed'; readonly sha256: Sha256Hex }
  | { readonly kind: 'stopped'; readonly failure: Failure; readonly cause?: unknown };

/** @throws the signal's reason */
export async function runInstall(options: RunOptions): Promise<RunOutcome> {
  try {
    const outcome = await bring(options);
    if (outcome.kind === 'complete') await settle(options, outcome.sha256);
    return outcome.kind === 'complete' ? { kind: 'installed', sha256: outcome.sha256 } : outcome;
  } catch (cause) {
    options.signal.throwIfAborted();
    if (cause instanceof CodedError && cause.code === 'model_file_refused')
      return { kind: 'stopped', failure: { obstacle: 'not-a-model', detail: cause.detail } };
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const obstacle = code === 'ENOSPC' || code === 'EDQUOT' ? 'no-space' : 'disk-failed';
    return { kind: 'stopped', failure: { obstacle }, cause };
  }
}

async function bring({ record, folder, onProgress, ...rest }: RunOptions): Promise<TransferOutcome> {
  onProgress(0, 'checking');
  await folder.unsettle(record.id);
  const { source: from, expected } = record;
  if (from.kind === 'file' && from.mayLink === true && expected.sha256 !== undefined) {
    const adopted = await adopt({
      path: from.path,
      folder: folder.incoming(record.id),
      sha256: expected.sha256,
      onProgress: (bytes) => onProgress(bytes, 'checking'),
      signal: rest.signal,
    });
    if (adopted !== undefined) return adopted;
  }
  const part = await PartFile.open(folder.incoming(record.id), {
    chunkBytes: record.chunkBytes,
    chunkSha256: record.expected.chunkSha256,
    onProven: (bytes) => onProgress(bytes, 'checking'),
    signal: rest.signal,
  });
  try {
    onProgress(part.bytes, 'fetching');
    return await transfer({
      ...rest,
      part,
      expected: record.expected,
      known: record.version,
      onProgress,
    });
  } finally {
    await part.close();
  }
}

async function settle(options: RunOptions, sha256: Sha256Hex): Promise<void> {
  const { record, folder } = options;
  if (options.isInstalled(sha256)) return await folder.forget(record.id);
  await folder.settle(record.id, {
    id: record.modelId,
    label: record.label,
    sha256,
    pinnedBy: record.expected.sha256 === undefined ? 'first-download' : 'manifest',
    installedAt: new Date(options.nowMs()).toISOString(),
  });
}
