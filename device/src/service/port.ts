/** What the service commands need of a computer. Separate so that they run against a stand-in of each platform. */
import type { Manager, Scope, ServiceFacts, Step } from './types.ts';

export interface StepResult {
  /** Exit status; `undefined` when the program is not there or took too long. */
  readonly status: number | undefined;
  /** What it printed, both streams, at most 16 KiB. */
  readonly output: string;
}

export interface Computer {
  /** @param stateDir  one that was named by option or environment, or the person's own; `undefined` for a system service's own place */
  facts(scope: Scope, stateDir: string | undefined): Promise<ServiceFacts>;
  /** Whether the manager itself is at work; a reason in a whole sentence when not. */
  fault(manager: Manager): Promise<string | undefined>;
  /** Runs one command to its end, bounded. Never throws. */
  run(step: Step): Promise<StepResult>;
  /** Whether the agent of this state folder answers within `timeoutMs`. */
  answers(stateDir: string, timeoutMs: number): Promise<boolean>;
}
