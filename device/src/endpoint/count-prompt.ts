/** Asks an engine how long a prompt is. Separate: a call with a budget asks, and a client that plans. */
import type { InferencePath } from '../engine/port.ts';
import { CodedError } from '../errors.ts';
import type { Lane } from './lane.ts';
import { queueFull } from './turn.ts';

/**
 * Counting costs the engine too: nobody counts who would find no place afterwards.
 * @returns tokens      @throws queue_full, engine_unavailable, and what the engine refuses
 */
export async function countPrompt(
  lane: Lane,
  path: InferencePath,
  body: Buffer,
  signal: AbortSignal,
): Promise<number> {
  const { admission } = lane;
  const waiting = admission.waiting + lane.counting;
  if (waiting >= admission.slots + admission.queueLength) throw queueFull(lane, waiting + 1);
  const engine = lane.choose()?.engine;
  if (engine === undefined) throw new CodedError('engine_unavailable');
  lane.counting += 1;
  try {
    return await engine.countPrompt(path, body, signal);
  } finally {
    lane.counting -= 1;
  }
}
