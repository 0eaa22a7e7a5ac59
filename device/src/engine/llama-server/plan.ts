/** How llama-server is started: every argument and why. Pure; separate so that what an engine may do stands in one list. */
import type { EngineTask } from '../supervised/messages.ts';

/**
 * Environment of the native server: nothing else of ours reaches it.
 * @param cacheFolder  where GPU drivers keep compiled shaders
 */
export function serverEnvironment(task: EngineTask, cacheFolder: string): Readonly<Record<string, string>> {
  return {
    // Vulkan drivers and the compiler they bring along are most of the start, for nothing where there is no GPU.
    ...(task.gpu === false ? { VK_LOADER_DRIVERS_DISABLE: '*' } : {}),
    OMP_WAIT_POLICY: 'passive', // waiting threads must not spin: 7.5 times faster on a busy machine
    GGML_NO_BACKTRACE: '1', // a crash shall end at once instead of attaching a debugger to itself first
    HOME: cacheFolder,
    XDG_CACHE_HOME: cacheFolder,
    LLAMA_CACHE: cacheFolder,
  };
}

/**
 * @param socketPath  where the native server listens; must end in `.sock` to be taken for a unix socket
 * @param pooling  what the file says of pooling, `undefined` when it says nothing
 */
export function serverArguments(
  task: EngineTask,
  socketPath: string,
  pooling: number | undefined,
): readonly string[] {
  return [
    ...['--host', socketPath],
    ...['--model', task.modelPath], // never without one: that would be the router, which fetches and evicts
    ...['--ctx-size', String(task.contextTokens * task.slots)], // the server divides it by its slots
    ...['--parallel', String(task.slots)],
    ...['--threads', String(task.threads)],
    ...(task.gpu === false ? ['--device', 'none'] : []),
    '--offline',
    '--no-ui',
    '--no-slots', // it would show what others asked
    '--no-jinja', // templates are rendered by us, segment by segment; the file's own is not even read
    ...['--chat-template', 'chatml'],
    ...['--cache-ram', '0'], // else 8 GiB of old prompts outside the memory that was planned
    ...['--sse-ping-interval', '-1'],
    ...['--log-verbosity', '1'],
    // Lets a model embed as well; it answers chats as before.
    '--embeddings',
    // A model that was not made to embed speaks through its last token, as it does in the embedded engine. That one can
    // also be worked through in pieces: with the mean, an input would have to fit one batch.
    ...(pooling === undefined || pooling === 0 ? ['--pooling', 'last'] : []),
  ];
}

/** What a person is told when the native server ended while it was loading. @param words  the end of what it wrote */
export function loadTrouble(words: string, fileName: string, slots: number): LoadTrouble {
  if (/out of memory|failed to allocate|cannot allocate|OutOf(?:Device|Host)Memory/i.test(words))
    return {
      code: 'engine_unavailable',
      detail: `There is not enough memory for ${fileName} with ${slots} slots. Use a smaller model or fewer slots.`,
    };
  return {
    code: 'model_file_refused',
    detail: `${fileName} could not be loaded: the file is damaged or not a model this engine knows. Remove it or fetch it again.`,
  };
}

export interface LoadTrouble {
  readonly code: 'engine_unavailable' | 'model_file_refused';
  readonly detail: string;
}
