/**
 * The engine's own process: one model, one unix socket, until the agent says stop or is gone.
 * Separate from the agent because a hostile model file or a driver fault takes its whole process along.
 */
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { loadModel } from '../llama/model.ts';
import { openaiServer } from '../openai/server.ts';
import { type ChildConfig, type ChildMessage, childConfig } from './messages.ts';
import { refusalOf } from './refusal.ts';

/** Far more often than the watchdog's bound while loading. */
const ALIVE_EVERY_MS = 1_000;

// No orphan: the channel closes when the agent ends, however it ends.
process.on('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);
process.on('SIGTERM', () => process.exit(0));
process.on('SIGINT', () => undefined); // Ctrl-C is for the agent, which then stops us in order

const [raw] = await once(process, 'message');
await beGentle();
await serve(childConfig.parse(raw));

async function serve(config: ChildConfig): Promise<void> {
  const alive = setInterval(() => report({ kind: 'alive' }), ALIVE_EVERY_MS);
  try {
    const backend = await loadModel({
      ...config,
      onProgress: (part) => report({ kind: 'loading', part }),
    });
    const server = openaiServer(backend);
    await rm(config.socketPath, { force: true });
    process.umask(0o177); // the socket is born 0600
    server.listen(config.socketPath);
    await once(server, 'listening');
    report({ kind: 'ready' });
  } catch (error) {
    report(refusalOf(error, config));
    process.exitCode = 1;
    process.disconnect();
  } finally {
    clearInterval(alive);
  }
}

function report(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
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
