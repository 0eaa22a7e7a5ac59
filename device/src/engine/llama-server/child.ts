/**
 * The engine's process on a Host: llama-server behind OpenAI's paths, as a child of the agent.
 * Separate from the agent because a model file steers it: its template is a program, and its native loader may fall.
 * Its one argument is the path of llama-server.
 */
import { once } from 'node:events';
import { dirname } from 'node:path';
import { openaiServer } from '../openai/server.ts';
import { aliveDuring, receiveTask, report, reportAndEnd } from '../supervised/child-end.ts';
import { endMessage, serveTask } from './serve.ts';

const command = String(process.argv[2]);
const task = await receiveTask();
process.umask(0o177); // sockets are born 0600
try {
  const places = { command, folder: dirname(task.socketPath) };
  const { backend, gone } = await aliveDuring(() =>
    serveTask(task, places, () => report({ kind: 'loading' })),
  );
  gone.then((how) => reportAndEnd({ kind: 'ending', how })).catch(() => process.exit(1));
  const server = openaiServer(backend);
  server.listen(task.socketPath);
  await once(server, 'listening');
  report({ kind: 'ready' });
} catch (error) {
  reportAndEnd(endMessage(error, task));
}
