/**
 * The program of `b3iq-engine@.service`: llama-server behind the unit's one door, until its task ends.
 * Separate from the agent because a model file steers it, so it runs as another user, in a root folder of its own, without a
 * network. Nobody starts it again but the agent (docs/adr/0014).
 *
 * Arguments: the socket to listen on, the path of llama-server, a private folder to write to.
 */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { engineDoor } from '../../engine/llama-server/door.ts';
import { serveTask } from '../../engine/llama-server/serve.ts';

/** The agent gives the task right after it started the unit; without one there is nothing to be here for. */
const TASK_WITHIN_MS = 60_000;

const [socketPath = '', command = '', folder = ''] = process.argv.slice(2);
process.on('SIGTERM', () => process.exit(0)); // nothing here must be saved

let hasTask = false;
const { server, ended } = engineDoor((task, onProgress) => {
  hasTask = true;
  return serveTask({ ...task, socketPath }, { command, folder }, onProgress);
});
await rm(socketPath, { force: true });
process.umask(0o117); // the group of the socket's folder may knock, nobody else
server.listen(socketPath);
await once(server, 'listening');
process.umask(0o077);
setTimeout(() => {
  if (!hasTask) process.exit(0);
}, TASK_WITHIN_MS).unref();
await ended;
process.exit(1);
