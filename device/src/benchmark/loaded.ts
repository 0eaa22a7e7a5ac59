/** Has a model loaded that is loaded only when somebody needs it. Separate from measuring, which begins when it answers. */
import type { Engine } from '../engine/port.ts';
import { CodedError } from '../errors.ts';

/** The largest files on the slowest disks. */
const LOAD_LIMIT_MS = 600_000;

/**
 * Resolves when it can answer; from then on it stays loaded until what is returned is called.
 * @throws engine_unavailable with why it cannot, or the signal's reason
 */
export async function holdLoaded(engine: Engine, signal: AbortSignal): Promise<() => void> {
  const release = engine.use?.() ?? (() => {});
  const enough = AbortSignal.any([signal, AbortSignal.timeout(LOAD_LIMIT_MS)]);
  try {
    await settled(engine, enough);
    signal.throwIfAborted();
    const { name, reason } = engine.state();
    if (name !== 'ready') throw new CodedError('engine_unavailable', reason ?? 'It could not be loaded.');
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

/** Resolves when it is neither waiting for its turn nor being loaded, or `enough` has come. */
async function settled(engine: Engine, enough: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = () => {
      const { name } = engine.state();
      if ((name === 'idle' || name === 'starting') && !enough.aborted) return;
      leave();
      enough.removeEventListener('abort', look);
      resolve();
    };
    const leave = engine.onChange(look);
    enough.addEventListener('abort', look);
    look();
  });
}
