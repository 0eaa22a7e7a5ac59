/** Numbers and names around somebody else's engine. Pure; separate so that each stands in one place with its reason. */
import type { Capability, EngineKind } from '@b3iq/wire/local-api';

/** The bounds of looking after an engine. Tests shorten them. */
export interface RemoteTimes {
  /** Between two looks at an engine that answers, ms. */
  readonly everyMs: number;
  /** First wait after a look that failed; doubles with each further one up to `maxDelayMs`. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** A list of models comes at once from any engine that is well. */
  readonly lookMs: number;
  /** A few tokens of a large model, with its first load. */
  readonly probeMs: number;
}

export const REMOTE_TIMES: RemoteTimes = {
  everyMs: 10_000,
  firstDelayMs: 1_000,
  maxDelayMs: 60_000,
  lookMs: 5_000,
  probeMs: 120_000,
};

/** Ms until the next look. @param failures  in a row */
export function planLook(failures: number, times: RemoteTimes): number {
  if (failures === 0) return times.everyMs;
  return Math.min(times.maxDelayMs, times.firstDelayMs * 2 ** Math.min(20, failures - 1));
}

/** Requests given to an engine at once when it does not say how many it works on. vLLM batches by itself, up to 256;
 *  Ollama works on few and lets the rest wait. More wait here, where turns are fair. */
export const SLOTS: Readonly<Record<EngineKind, number>> = { openai: 32, ollama: 4 };

/** Pictures and recordings: sd-server and whisper.cpp work on one at a time; more would wait where turns are not fair. */
export const MEDIA_SLOTS = 1;

/** How many calls a model is given at once. @param slots  of its engine */
export function slotsFor(capabilities: readonly Capability[], slots: number): number {
  const isMedia = capabilities.every((each) => each === 'images' || each === 'transcriptions');
  return isMedia ? MEDIA_SLOTS : slots;
}

/**
 * A model's name here. Always with the engine's: two engines may have the same model, and a key that names one must mean
 * that one. llama-server calls a model by its file's path, which tells strangers about a computer: only the file's name stays.
 */
export function servedId(engine: string, model: string): string {
  const isPath = /^([/\\]|[A-Za-z]:[/\\])/.test(model);
  return `${engine}/${isPath ? model.replace(/^.*[/\\]/, '').replace(/\.gguf$/i, '') : model}`;
}
