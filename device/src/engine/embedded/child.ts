/**
 * The engine's own process: one model, one unix socket, until the agent says stop or is gone.
 * Separate from the agent because a hostile model file or a driver fault takes its whole process along.
 */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { loadModel } from '../llama/model.ts';
import { openaiServer } from '../openai/server.ts';
import { aliveDuring, receiveTask, report, reportAndEnd } from '../supervised/child-end.ts';
import { refusalOf } from './refusal.ts';

const task = await receiveTask();
try {
  const backend = await aliveDuring(() =>
    loadModel({ ...task, onProgress: () => report({ kind: 'loading' }) }),
  );
  const server = openaiServer(backend);
  await rm(task.socketPath, { force: true });
  process.umask(0o177); // the socket is born 0600
  server.listen(task.socketPath);
  await once(server, 'listening');
  report({ kind: 'ready' });
} catch (error) {
  reportAndEnd(refusalOf(error, task));
}
