/** What an owner asks for becomes a record and a source. Separate so that the library holds only what lives and runs. */
import { randomBytes } from 'node:crypto';
import type { ModelId } from '@b3iq/wire';
import { CodedError } from '../../errors.ts';
import { parseStickName } from '../stick/parse.ts';
import { judgeAddress } from './judge.ts';
import { freeName, nameOf } from './parse.ts';
import { CHUNK_BYTES } from './plan.ts';
import { fileSource } from './sources/file.ts';
import { httpSource } from './sources/http.ts';
import type { Source } from './sources/port.ts';
import { stickSource } from './sources/stick.ts';
import type { Expected, InstallRecord, InstallSource } from './types.ts';

export interface InstallRequest {
  readonly source: InstallSource;
  /** The name clients will use; made from the address when left out. */
  readonly id?: ModelId | undefined;
  readonly label?: string | undefined;
  readonly expected?: Expected | undefined;
  /** Of the chunks in `expected`. */
  readonly chunkBytes?: number | undefined;
}

export interface SourceRules {
  /** Whether plain http to this computer itself will do; for tests. */
  readonly isLoopbackAllowed?: boolean;
  /** A server that says nothing for so long is not there. */
  readonly silenceMs?: number;
  /** Where the system mounts a stick with models; none on a Host. */
  readonly stickFolder?: string | undefined;
}

/** @throws model_source_refused */
export function checkSource(
  source: InstallSource,
  { isLoopbackAllowed = false, stickFolder }: SourceRules,
): void {
  if (source.kind === 'url') {
    const verdict = judgeAddress(source.url, { isLoopbackAllowed });
    if (verdict.kind === 'refused') throw new CodedError('model_source_refused', verdict.why);
  } else if (source.kind === 'stick') {
    if (stickFolder === undefined)
      throw new CodedError('model_source_refused', 'This machine takes no models from a stick. Name a path.');
    if (parseStickName(source.name) === undefined)
      throw new CodedError('model_source_refused', 'That is not the name of a model’s file on a stick.');
  } else if (!source.path.startsWith('/') || source.path.includes('\0'))
    throw new CodedError('model_source_refused', 'Expected a whole path, beginning with a slash.');
}

/** @param taken  names other models have @param nowMs  Unix ms */
export function newRecord(
  { source, id, label, expected = {}, chunkBytes = CHUNK_BYTES }: InstallRequest,
  taken: ReadonlySet<string>,
  nowMs: number,
): InstallRecord {
  const modelId = freeName(id ?? nameOf(placeOf(source)), taken);
  return {
    id: `ins_${randomBytes(8).toString('hex')}`,
    modelId,
    label: label ?? modelId,
    source,
    expected,
    chunkBytes,
    startedAt: new Date(nowMs).toISOString(),
    wanted: 'run',
  };
}

/** What a name can be made of. */
function placeOf(source: InstallSource): string {
  switch (source.kind) {
    case 'url':
      return source.url;
    case 'file':
      return source.path;
    case 'stick':
      return source.name;
  }
}

export function sourceOf(
  source: InstallSource,
  { isLoopbackAllowed = false, silenceMs, stickFolder }: SourceRules,
): Source {
  if (source.kind === 'file') return fileSource(source.path);
  if (source.kind === 'stick') return stickSource(stickFolder, source.name);
  return httpSource(source.url, { isLoopbackAllowed, ...(silenceMs !== undefined && { silenceMs }) });
}
