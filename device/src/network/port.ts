/** What the machine needs of a Wi-Fi radio. Separate so that NetworkManager and a simulated radio are one thing. */
import type { HeardNetwork, JoinOrder, JoinOutcome, JoinPhase } from './types.ts';

export interface Radio {
  /** A radio that is not there, for development and tests; the page says so. */
  readonly simulated: boolean;
  /** Networks in the air now. @throws network_unavailable when the radio cannot be used */
  scan(signal: AbortSignal): Promise<readonly HeardNetwork[]>;
  /**
   * Tries a network and keeps the old connection until the new one is proven; a failure leaves all as it was.
   * @param onPhase  told as each phase begins
   * @throws network_unavailable, or whatever `signal` was aborted with
   */
  join(order: JoinOrder, onPhase: (phase: JoinPhase) => void, signal: AbortSignal): Promise<JoinOutcome>;
}
