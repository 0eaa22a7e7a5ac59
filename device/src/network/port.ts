/** What the machine needs of its network devices. Separate so that NetworkManager and a simulated street are one thing. */
import type { HeardNetwork, Hotspot, Internet, LinkOutcome, Profile, Sight } from './types.ts';

/** One thing is asked of it at a time; a promise that rejects means that the radio cannot be used just now. */
export interface Radio {
  /** A radio that is not there, for development and tests; the page says so. */
  readonly simulated: boolean;
  look(): Promise<Sight>;
  /** Networks in the air now; takes the hotspot down, for a single radio cannot do both. */
  scan(signal: AbortSignal): Promise<readonly HeardNetwork[]>;
  /** Opens the setup network at the first address of `subnet`, such as `10.42.0.0/24`. */
  openHotspot(hotspot: Hotspot, subnet: string, signal: AbortSignal): Promise<void>;
  closeHotspot(): Promise<void>;
  /**
   * Tries a network with a profile that a power cut forgets and that nothing but this call uses. Takes the hotspot or
   * another network off the radio; a failure or an abort leaves the radio free, and the profile to be forgotten.
   * @param onAddress  told once when the network has let us in and only an address is missing
   */
  connect(profile: Profile, onAddress: () => void, signal: AbortSignal): Promise<LinkOutcome>;
  /** What the network behind the present Wi-Fi link leads to. */
  probe(signal: AbortSignal): Promise<Internet>;
  /** Makes a connected profile survive a power cut and be used by itself from now on. */
  keep(id: string): Promise<void>;
  /** Removes profiles; unknown ones are gone already. */
  forget(ids: readonly string[]): Promise<void>;
  /** Uses a kept profile now. */
  reconnect(id: string, signal: AbortSignal): Promise<LinkOutcome>;
  /** Calls `listener` whenever a look may show something new; returns the way to stop. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}
