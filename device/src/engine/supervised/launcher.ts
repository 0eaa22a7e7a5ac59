/** How one run of an engine's process begins, speaks and ends. Separate so that supervision is the same for a child process
 *  and for a unit of the system: it only hears four things, messages, silence, exit, gone. */
import type { EngineMessage, EngineTask } from './messages.ts';

export interface LaunchEvents {
  onMessage(message: EngineMessage): void;
  /** The run is over. `how` such as `SIGABRT` or `exit 1`; called once. */
  onExit(how: string): void;
}

export interface EngineProcess {
  /** `undefined` where somebody else starts the process. */
  readonly pid: number | undefined;
  /** Resolves after `onExit`. */
  readonly gone: Promise<void>;
  /** Ends it and all it started at once. */
  kill(): void;
  /** Asks it to end, and ends it after a bound. */
  terminate(): void;
}

export interface EngineLauncher {
  /** Makes the place of the socket ready; nothing of an earlier run stands in the way. @throws config_invalid */
  prepare(): Promise<void>;
  start(task: EngineTask, events: LaunchEvents): EngineProcess;
  /** Leaves nothing behind; called when no run is under way. */
  tidy(): Promise<void>;
}
