/** Who is asking, found out once at the door. Separate so that handlers and injected routers read the same answer. */
import type { IncomingMessage } from 'node:http';
import type { OwnerSession } from '../claim/service.ts';

export type Caller =
  | { readonly kind: 'operator' }
  | { readonly kind: 'owner'; readonly session: OwnerSession }
  /** Somebody the owner let look at diagnostics. */
  | { readonly kind: 'support' }
  | { readonly kind: 'anyone' };

const callers = new WeakMap<IncomingMessage, Caller>();

/** Remembers who `request` comes from. */
export function setCaller(request: IncomingMessage, caller: Caller): void {
  callers.set(request, caller);
}
/** Who `request` comes from; `anyone` when no door has said. */
export function callerOf(request: IncomingMessage): Caller {
  return callers.get(request) ?? { kind: 'anyone' };
}
/** Whether that is the owner, by cookie or through the unix socket. */
export function isOwner(caller: Caller): boolean {
  return caller.kind === 'owner' || caller.kind === 'operator';
}
