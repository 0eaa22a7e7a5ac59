/** The addresses this machine has right now. Separate so that doors can follow a network that changes under them. */
import { networkInterfaces } from 'node:os';

/** One address of one interface, such as `{ interface: 'wlan0', address: '192.168.20.31', family: 'IPv4' }`. */
export interface LocalAddress {
  readonly interface: string;
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  /** Only reachable on its own link (fe80::/10, 169.254.0.0/16). */
  readonly linkLocal: boolean;
}

/** Asking the kernel takes some 50 µs; a flood of requests shall not ask for each. */
const FRESH_MS = 1_000;

/** Gives the addresses of other than loopback, at most a second old. @param now  monotonic ms */
export function localAddresses(now: () => number): () => readonly LocalAddress[] {
  let known: readonly LocalAddress[] = [];
  let atMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - atMs < FRESH_MS) return known;
    atMs = now();
    known = Object.entries(networkInterfaces()).flatMap(([name, found]) =>
      (found ?? [])
        .filter(({ internal }) => !internal)
        .map(({ address, family }) => ({
          interface: name,
          address,
          family,
          linkLocal: address.startsWith('fe80:') || address.startsWith('169.254.'),
        })),
    );
    return known;
  };
}
