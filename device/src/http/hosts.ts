/**
 * Which names this machine answers to. Pure but for its name; used by the control routes and the hot path alike.
 * A page on `evil.example` whose name is pointed at 127.0.0.1 (DNS rebinding) still sends its own name in `Host`.
 */
import { isIPv6 } from 'node:net';
import { CodedError } from '../errors.ts';

/**
 * The set for `hostAllowed`: loopback, `<short>.local`, configured names and the addresses that are listened on.
 * @param names  lower-case DNS names without port     @param addresses  IPv4 or IPv6 literals without brackets
 */
export function knownHosts(from: {
  readonly shortName: string;
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
}): ReadonlySet<string> {
  const literals = ['127.0.0.1', '::1', ...(from.addresses ?? [])].map((a) =>
    isIPv6(a) ? canonicalIPv6(a) : a,
  );
  const names = ['localhost', `${from.shortName}.local`, ...(from.names ?? [])].map((n) => n.toLowerCase());
  return new Set([...literals, ...names]);
}

/**
 * Whether a `Host` header names this machine, whatever the port.
 * @param header  as it came; missing or malformed is refused
 */
export function hostAllowed(header: string | undefined, known: ReadonlySet<string>): boolean {
  const name = parseHost(header);
  return name !== undefined && known.has(name);
}

/**
 * Lets nobody through who does not name this machine.
 * @throws invalid_request when the header is missing (RFC 9112 §3.2 asks for 400), host_not_allowed
 */
export function requireHost(header: string | undefined, known: ReadonlySet<string>): void {
  if (header === undefined)
    throw new CodedError(
      'invalid_request',
      'The request has no `Host` header, which says whom it is meant for.',
    );
  if (!hostAllowed(header, known)) throw new CodedError('host_not_allowed');
}

/** The name in a `Host` header, plain: lower-case, without port, brackets and final dot. @see RFC 9110 §7.2 */
export function parseHost(header: string | undefined): string | undefined {
  if (header === undefined || header.length > 300) return undefined;
  const bracketed = /^\[([0-9a-fA-F:.]+)\](?::\d{1,5})?$/.exec(header)?.[1];
  if (bracketed !== undefined) return isIPv6(bracketed) ? canonicalIPv6(bracketed) : undefined;
  const name = /^([A-Za-z0-9.-]+)(?::\d{1,5})?$/.exec(header)?.[1];
  return name?.toLowerCase().replace(/\.$/, '');
}

/** One spelling for each address: `0:0::1` is `::1`. */
function canonicalIPv6(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}
