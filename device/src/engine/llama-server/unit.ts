/**
 * One run of an engine as a unit of the system. The agent may not start processes on an appliance; it asks for the unit by its
 * fixed name, gives the task over the unit's socket, and hears the engine's messages for as long as it lives.
 * Separate from supervision, which does not care who starts what.
 */
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { errorChain } from '../../errors.ts';
import type { Log } from '../../os/log.ts';
import type { EngineInstance, SystemUnits } from '../../os/units.ts';
import type { EngineLauncher, EngineProcess, LaunchEvents } from '../supervised/launcher.ts';
import { type EngineTask, engineMessage } from '../supervised/messages.ts';
import { unitTask } from './door.ts';
import { linesOf } from './lines.ts';

const KNOCK_EVERY_MS = 100;
const NOT_STARTED =
  'The system did not start the inference engine. It is tried again; if this stays, restart the machine.';

export interface EngineUnit {
  readonly units: SystemUnits;
  readonly instance: EngineInstance;
  /** Where the unit listens. */
  readonly socketPath: string;
  readonly log: Log;
}

export function unitLauncher(unit: EngineUnit): EngineLauncher {
  return {
    prepare: async () => undefined, // the system makes and clears the socket's folder
    start: (task, events) => startUnit(task, unit, events),
    tidy: async () => undefined,
  };
}

function startUnit(task: EngineTask, unit: EngineUnit, events: LaunchEvents): EngineProcess {
  const { units, instance, log } = unit;
  const stopping = new AbortController();
  const run = async (): Promise<string> => {
    const words = await knock(task, unit, stopping.signal);
    let how = 'connection lost';
    for await (const line of newsOf(words)) {
      const message = engineMessage.safeParse(parse(line));
      if (!message.success) continue;
      if (message.data.kind === 'ending') how = message.data.how;
      events.onMessage(message.data);
    }
    return stopping.signal.aborted ? 'stopped' : how;
  };
  const gone = run()
    .catch((error: unknown) => {
      if (stopping.signal.aborted) return 'stopped';
      log.warn('engine.unit', { instance, cause: errorChain(error) });
      events.onMessage({ kind: 'refused', code: 'engine_unavailable', detail: NOT_STARTED });
      return 'not started';
    })
    .then(async (how) => {
      // Also when it ended by itself: whatever went wrong, nothing of it is left when the next run begins.
      await units
        .start(`b3iq-stop-engine@${instance}`)
        .catch((error: unknown) => log.warn('engine.unit', { instance, cause: errorChain(error) }));
      events.onExit(how);
    });
  // The unit holds nothing that must be saved: to ask it and to end it are one.
  const end = () => stopping.abort();
  return { pid: undefined, gone, kill: end, terminate: end };
}

/** The engine's messages. One that already serves this very task, because the agent was restarted, is joined. */
async function knock(task: EngineTask, unit: EngineUnit, signal: AbortSignal): Promise<IncomingMessage> {
  const { units, instance, socketPath } = unit;
  const { socketPath: _, ...rest } = task;
  const body = JSON.stringify(unitTask.parse(rest));
  const running = await offer(socketPath, body, signal);
  if (running?.statusCode === 200) return running;
  if (running !== undefined) {
    running.destroy();
    await units.start(`b3iq-stop-engine@${instance}`);
  }
  signal.throwIfAborted();
  await units.start(`b3iq-start-engine@${instance}`);
  for (;;) {
    signal.throwIfAborted();
    const started = await offer(socketPath, body, signal);
    if (started?.statusCode === 200) return started;
    if (started !== undefined) throw new Error(`the engine answered its task with ${started.statusCode}`);
    await wait(KNOCK_EVERY_MS, undefined, { signal });
  }
}

/** `undefined` when nobody listens yet. */
function offer(socketPath: string, body: string, signal: AbortSignal): Promise<IncomingMessage | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path: '/task', method: 'POST', agent: false, signal }, (response) => {
      response.on('error', () => undefined); // heard where it is read
      resolve(response);
    });
    sent.on('error', (error) => (signal.aborted ? reject(error) : resolve(undefined)));
    sent.end(body);
  });
}

/** What the engine says until the connection ends, however it ends. */
async function* newsOf(response: IncomingMessage): AsyncGenerator<string, void> {
  try {
    yield* linesOf(response);
  } catch {
    // The engine is gone, or was told to go: the caller knows which.
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // not of our engine; silence will be noticed
  }
}
