/**
 * Brings one model's bytes, however often the line breaks, and says what came of it. What is proven stays for the next time.
 * Separate from the service around it, which knows when to start and what to do with the outcome.
 */
import type { Sha256Hex } from '@b3iq/wire';
import { CodedError } from '../../errors.ts';
import { EarlyGate } from './early-gate.ts';
import type { PartFile } from './part.ts';
import { CHUNK_TRIES, FRUITLESS_TRIES, missingRoom, pauseAfter, planAnswer } from './plan.ts';
import { type Opened, type Source, SourceError } from './sources/port.ts';
import type { Expected, Failure, Obstacle, Version } from './types.ts';

export interface TransferOptions {
  readonly part: PartFile;
  readonly source: Source;
  readonly expected: Expected;
  /** Of what is here already. */
  readonly known: Version | undefined;
  /** Makes the version durable; nothing of it is written before. */
  readonly remember: (version: Version) => Promise<void>;
  readonly onProgress: (doneBytes: number, phase: 'fetching' | 'retrying') => void;
  /** Bytes an ordinary user may still write where the part lies. */
  readonly freeBytes: () => Promise<number>;
  /** Waits, or ends with the signal. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

export type TransferOutcome =
  | { readonly kind: 'complete'; readonly sha256: Sha256Hex }
  | { readonly kind: 'stopped'; readonly failure: Failure };

/** @throws the signal's reason */
export async function transfer(options: TransferOptions): Promise<TransferOutcome> {
  const { part, signal } = options;
  const gate = new EarlyGate();
  const progress = { known: options.known, askFrom: undefined as number | undefined };
  let fruitless = 0;
  let wrongChunk = { at: -1, times: 0 };
  for (;;) {
    signal.throwIfAborted();
    const before = part.bytes;
    const ended = await connection(options, gate, progress);
    switch (ended) {
      case 'complete':
        return judgeWhole(options);
      case 'ask-from-start':
        progress.askFrom = 0;
        fruitless += 1;
        break;
      case 'bad-chunk':
        wrongChunk = { at: part.chunks, times: wrongChunk.at === part.chunks ? wrongChunk.times + 1 : 1 };
        if (wrongChunk.times >= CHUNK_TRIES) return stopped('bad-chunk');
        break;
      case 'no-connection':
      case 'interrupted':
        fruitless = part.bytes > before ? 0 : fruitless + 1;
        if (fruitless >= FRUITLESS_TRIES) return stopped(ended);
        options.onProgress(part.bytes, 'retrying');
        await options.pause(pauseAfter(fruitless), signal);
        break;
      default:
        return { kind: 'stopped', failure: ended };
    }
    if (fruitless >= FRUITLESS_TRIES) return stopped('interrupted');
  }
}

type Ended = 'complete' | 'bad-chunk' | 'no-connection' | 'interrupted' | 'ask-from-start' | Failure;

/** One connection, from the question to its end. */
async function connection(
  options: TransferOptions,
  gate: EarlyGate,
  progress: { known: Version | undefined; askFrom: number | undefined },
): Promise<Ended> {
  const { part, source, expected, signal } = options;
  // All of it is here already: it was stopped between the last byte and the end.
  if (progress.known !== undefined && part.bytes === progress.known.totalBytes)
    return (await look(options, gate, progress.known.totalBytes)) ?? 'complete';
  let opened: Opened;
  try {
    opened = await source.open(progress.askFrom ?? part.bytes, progress.known?.validator, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof SourceError)) throw error;
    return endOf(error);
  }
  progress.askFrom = undefined;
  try {
    const plan = planAnswer(part.bytes, progress.known, expected, opened);
    if (plan.kind === 'stop') return plan.failure;
    if (plan.kind === 'ask-from-start') return plan.kind;
    if (plan.kind === 'start-over') {
      await part.startOver();
      gate.startOver();
    }
    const { totalBytes, validator } = opened;
    if (missingRoom(totalBytes - part.bytes, await options.freeBytes()) > 0) return { obstacle: 'no-space' };
    if (progress.known?.totalBytes !== totalBytes || progress.known.validator !== validator) {
      progress.known = { totalBytes, validator };
      await options.remember(progress.known);
    }
    return await receive(options, gate, opened, plan.kind === 'append' ? plan.skipBytes : 0);
  } catch (error) {
    signal.throwIfAborted();
    return await onDisk(error, part);
  } finally {
    opened.close();
  }
}

async function receive(
  options: TransferOptions,
  gate: EarlyGate,
  { body, totalBytes }: Opened,
  skipBytes: number,
): Promise<Ended> {
  const { part, signal } = options;
  let skip = skipBytes;
  const pieces = body[Symbol.asyncIterator]();
  for (;;) {
    let next: IteratorResult<Uint8Array>;
    try {
      next = await pieces.next();
    } catch (error) {
      signal.throwIfAborted();
      return error instanceof SourceError ? endOf(error) : 'interrupted'; // the line, not the disk
    }
    signal.throwIfAborted();
    if (next.done === true) return 'interrupted';
    const skipped = Math.min(skip, next.value.length);
    skip -= skipped;
    // More than was announced is not looked at.
    const piece = next.value.subarray(skipped, skipped + totalBytes - part.bytes);
    const chunks = part.chunks;
    if (!(await part.append(piece))) return 'bad-chunk';
    if (part.chunks !== chunks && missingRoom(0, await options.freeBytes()) > 0)
      return { obstacle: 'no-space' };
    options.onProgress(part.bytes, 'fetching');
    const isWhole = part.bytes === totalBytes;
    if (isWhole && !(await part.end())) return 'bad-chunk';
    const refused = await look(options, gate, totalBytes);
    if (refused !== undefined || isWhole) return refused ?? 'complete';
  }
}

/** What a source says of itself is told where the obstacle alone does not say it. */
function endOf({ kind, message }: SourceError): Ended {
  if (kind === 'no-connection') return kind;
  return kind === 'source-refused' ? { obstacle: kind, detail: message } : { obstacle: kind };
}

/** Only bytes that are what they must be are judged, where that was said: a damaged chunk is no damaged model. */
async function look(
  { part, expected }: TransferOptions,
  gate: EarlyGate,
  totalBytes: number,
): Promise<Failure | undefined> {
  try {
    await gate.look(
      part.file,
      expected.chunkSha256 === undefined ? part.bytes : part.provenBytes,
      totalBytes,
    );
    return undefined;
  } catch (error) {
    if (error instanceof CodedError && error.code === 'model_file_refused')
      return { obstacle: 'not-a-model', detail: error.detail };
    throw error;
  }
}

function judgeWhole({ part, expected }: TransferOptions): TransferOutcome {
  const sha256 = part.digest();
  const isWrong = expected.sha256 !== undefined && expected.sha256 !== sha256;
  return isWrong ? stopped('wrong-hash') : { kind: 'complete', sha256 };
}

/** A full or failing disk: the chunk that was being written is given back, what was proven stays. */
async function onDisk(error: unknown, part: PartFile): Promise<Failure> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') throw error;
  await part.rewind().catch(() => {}); // the next start proves what is there in any case
  return { obstacle: code === 'ENOSPC' || code === 'EDQUOT' ? 'no-space' : 'disk-failed' };
}

const stopped = (obstacle: Obstacle): TransferOutcome => ({ kind: 'stopped', failure: { obstacle } });
