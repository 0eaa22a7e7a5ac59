/**
 * One task from beginning to end: the native server is started, asked what it loaded, and put behind OpenAI's paths.
 * Separate from who gives the task: a child hears it from its parent, a unit over its own socket.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CodedError } from '../../errors.ts';
import { KEEP_ALL } from '../../models/gate/header.ts';
import { readModelHeader } from '../../models/gate/read.ts';
import { environmentOf } from '../gpu/look.ts';
import type { Backend } from '../openai/port.ts';
import type { EngineMessage, EngineTask } from '../supervised/messages.ts';
import { openBackend } from './backend.ts';
import { NativeEnded, startNative } from './native.ts';
import { loadTrouble, serverArguments, serverEnvironment } from './plan.ts';
import { upstream } from './upstream.ts';

export interface Serving {
  readonly backend: Backend;
  /** Resolves with how the native server ended. */
  readonly gone: Promise<string>;
}

/** What the native server is and where it may write. */
export interface NativePlaces {
  /** Path of llama-server. */
  readonly command: string;
  /** A folder of this process alone: the native server's socket and the shader cache lie in it. */
  readonly folder: string;
}

/**
 * @param onProgress  called while loading moves on
 * @throws what `endMessage` understands
 */
export async function serveTask(
  given: EngineTask,
  { command, folder }: NativePlaces,
  onProgress: () => void,
): Promise<Serving> {
  // One with cards of its own does not fall back to the processor by itself: its owner shall hear that they are gone.
  const task = given.cards !== null || (await hasGpu()) ? given : { ...given, gpu: false as const };
  const nativeSocket = join(folder, 'native.sock');
  // Before any native code sees the file.
  const header = await readModelHeader(task.modelPath, { keeping: KEEP_ALL });
  if (header.kind !== 'gguf')
    throw new CodedError('model_file_refused', 'llama.cpp reads GGUF files only. Fetch the model as GGUF.');
  const { metadata } = header;
  const architecture = metadata.get('general.architecture');
  const pooling = metadata.get(`${String(architecture)}.pooling_type`);
  const environment = await environmentOf(task.cards);
  const native = await startNative(
    command,
    serverArguments(task, nativeSocket, typeof pooling === 'number' ? pooling : undefined),
    nativeSocket,
    { ...serverEnvironment(task, join(folder, 'cache')), ...environment },
  );
  process.on('exit', () => native.kill()); // nothing of it outlives this process
  const signal = new AbortController().signal;
  await native.ready(onProgress, signal);
  const backend = await openBackend(upstream(nativeSocket), task, (key) => metadata.get(key), signal);
  return { backend, gone: native.gone };
}

/** Whether there is anything a GPU driver could open: a render node, or one of the makers' own. */
async function hasGpu(): Promise<boolean> {
  if (process.platform !== 'linux') return true; // others do not say
  const nodes = await readdir('/dev').catch(() => []);
  const renderers = await readdir('/dev/dri').catch(() => []);
  return renderers.length > 0 || nodes.some((name) => name === 'kfd' || name.startsWith('nvidia'));
}

/** What a shell says when there is no such program, or it is none. @see sh(1p), exit status of a command */
const NOT_STARTED = new Set(['not started', 'exit 126', 'exit 127']);

/** Why there is no engine, for the owner: a reason to try again, or a file that will not do. */
export function endMessage(error: unknown, task: Pick<EngineTask, 'modelPath' | 'slots'>): EngineMessage {
  const file = basename(task.modelPath);
  if (error instanceof NativeEnded) {
    if (NOT_STARTED.has(error.how))
      return {
        kind: 'refused',
        code: 'engine_unavailable',
        detail: 'There is no llama-server here that can be started. Install it again.',
      };
    if (error.how.startsWith('exit'))
      return { kind: 'refused', ...loadTrouble(error.words, file, task.slots) };
    // A crash may pass; several in a row are told as such by the agent.
    return { kind: 'ending', how: error.how };
  }
  if (error instanceof CodedError)
    return { kind: 'refused', code: error.code, detail: `${file}: ${error.detail}` };
  return { kind: 'ending', how: error instanceof Error ? error.name : 'unknown' };
}
