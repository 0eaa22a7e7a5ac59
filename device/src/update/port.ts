/** What the agent needs to follow and order updates. Separate so that the service knows no paths, no systemd and no signature keys. */
import type { Ended, InstallFacts, Offer, Report, RunningSystem } from './types.ts';

/** Everything the machine says about updates, read at one moment. */
export interface Reading {
  readonly running: RunningSystem | undefined;
  readonly facts: InstallFacts | undefined;
  /** With verified signatures, a stick first. */
  readonly offers: readonly Offer[];
  readonly fetching: Report | undefined;
  readonly writing: Report | undefined;
  readonly lookEnded: Ended | undefined;
  readonly fetchEnded: Ended | undefined;
  /** Seconds since the machine started. */
  readonly uptimeS: number;
  /** Where versions come from, as the image says; null when only a stick can bring them. */
  readonly sourceUrl: string | null;
}

/** The fixed steps the agent may ask for; none takes a parameter, so there is nothing in them to forge. */
export type UpdateStep = 'b3iq-update-check' | 'b3iq-update' | 'b3iq-restart';

export interface UpdateWorld {
  read(): Promise<Reading>;
  /** Returns once the order is taken; what comes of it is read. @throws appliance_step_failed */
  start(step: UpdateStep): Promise<void>;
}
