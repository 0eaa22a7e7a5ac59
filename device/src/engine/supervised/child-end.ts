/** The child's end of its channel to the agent: the task, the messages, and what a good child does besides. Separate because
 *  every kind of engine child does just this. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { type EngineMessage, type EngineTask, engineTask } from './messages.ts';

/** Far more often than the watchdog's bound while loading. */
const ALIVE_EVERY_MS = 1_000;

/** The one message from the agent. From here on the process ends when the agent does, and at SIGTERM. */
export async function receiveTask(): Promise<EngineTask> {
  // No orphan: the channel closes when the agent ends, however it ends.
  process.on('disconnect', () => process.exit(0));
  if (!process.connected) process.exit(0);
  process.on('SIGTERM', () => process.exit(0));
  process.on('SIGINT', () => undefined); // Ctrl-C is for the agent, which then stops us in order
  const [raw] = await once(process, 'message');
  await beGentle();
  return engineTask.parse(raw);
}

export function report(message: EngineMessage): void {
  if (process.connected) process.send?.(message);
}

/** Ends the process once the agent has its last message. */
export function reportAndEnd(message: EngineMessage): void {
  if (!process.connected) process.exit(1);
  process.send?.(message, () => process.exit(1));
}

/** Signs of life until the answer of `work` is there. */
export async function aliveDuring<T>(work: () => Promise<T>): Promise<T> {
  const alive = setInterval(() => report({ kind: 'alive' }), ALIVE_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(alive);
  }
}

/** The person at this computer comes first, and if memory runs out this process goes before the agent does. */
async function beGentle(): Promise<void> {
  try {
    setPriority(5);
    await writeFile('/proc/self/oom_score_adj', '500');
  } catch {
    // Not on this system; gentleness is no condition.
  }
}
