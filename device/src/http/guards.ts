/**
 * The doors every control call passes, in order: headers, host, origin, state of the machine, role, body.
 * Separate from the app so that the order can be read at a glance. Each throws a `CodedError`; none answers itself.
 */
import type { IncomingMessage } from 'node:http';
import type { NodeState } from '@b3iq/wire/local-api';
import type { Request, RequestHandler, Response } from 'express';
import type { ClaimService } from '../claim/service.ts';
import { CodedError, type MachineKind } from '../errors.ts';
import type { Keys } from '../keys/port.ts';
import type { Grants } from '../support/port.ts';
import { requireJson } from './body.ts';
import { type Caller, isOwner, setCaller } from './caller.ts';
import type { Captive } from './captive.ts';
import { isTls, readCookies } from './cookies.ts';
import { hostAllowed, requireHost } from './hosts.ts';
import { isOwnOrigin } from './origin.ts';
import type { OwnNames } from './own-names.ts';
import { matchRoute, type RouteMatch, type RouteRow } from './roles.ts';

export interface GuardDeps {
  readonly claim: ClaimService;
  readonly state: () => NodeState;
  /** The names this machine answers to now, from `knownHosts`. */
  readonly hosts: () => ReadonlySet<string>;
  readonly ownNames: OwnNames;
  readonly kind: MachineKind;
  readonly localKeys: Keys;
  readonly grants: Pick<Grants, 'authenticate'>;
  /** Whether a request came through the unix socket. */
  readonly isOperator: (request: IncomingMessage) => boolean;
}

/** Headers of every answer; pages replace the policy by one with the hashes of their own scripts. */
export function securityHeaders(_request: Request, response: Response, next: () => void): void {
  response.set({
    'content-security-policy':
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  });
  next();
}

/**
 * @param captive  leads phones on the hotspot to the page, whatever name they ask for; `undefined` on a Host
 * @throws invalid_request without a `Host`, host_not_allowed
 */
export function checkHost(deps: GuardDeps, captive?: Captive): RequestHandler {
  return (request, response, next) => {
    const isKnown = deps.isOperator(request) || hostAllowed(request.headers.host, deps.hosts());
    if (isKnown) {
      deps.ownNames.remember(request.headers.host);
      next();
    } else if (captive?.applies(request) === true && !/^\/(?:api|v1)(?:\/|$)/.test(request.path))
      captive.redirect(request, response);
    else requireHost(request.headers.host, deps.hosts());
  };
}

/**
 * Origin, table, state and role; marks the request with its caller.
 * @returns the row, so that the body is read as it says
 * @throws cross_origin_refused, not_found, method_not_allowed, node_unclaimed, identity_unavailable, unauthorized,
 *   key_expired, grant_expired, key_scope_denied, forbidden, unsupported_media_type
 */
export function admit(request: Request, deps: GuardDeps): RouteRow {
  let caller = identify(request, deps);
  const isOwn =
    isOwnOrigin(request.headers, isTls(request)) ||
    (request.path === '/health' && deps.ownNames.has(request.headers.origin));
  if (caller.kind !== 'operator' && !isOwn) throw new CodedError('cross_origin_refused');
  const match = matchRoute(request.method, request.path);
  const row = match.kind === 'row' ? match.row : undefined;
  checkState(deps, row, caller);
  if (row === undefined) throw refusal(match);
  if (row.role === 'metrics') checkMetrics(request, caller, deps.localKeys);
  else if (row.role === 'diagnostics' && caller.kind === 'anyone') caller = supporter(request, deps.grants);
  else checkRole(row, caller, deps.kind);
  if (row.rawBody === true) requireJson(request);
  setCaller(request, caller);
  return row;
}

function identify(request: Request, deps: GuardDeps): Caller {
  if (deps.isOperator(request)) return { kind: 'operator' };
  for (const cookie of readCookies(request)) {
    const session = deps.claim.session(cookie);
    if (session !== undefined) return { kind: 'owner', session };
  }
  return { kind: 'anyone' };
}

function checkState({ state: now, kind: on }: GuardDeps, row: RouteRow | undefined, caller: Caller): void {
  const state = now();
  if (state === 'unclaimed') {
    const isOpen = row?.unclaimed === 'all' || (row?.unclaimed === 'operator' && caller.kind === 'operator');
    if (!isOpen) throw new CodedError('node_unclaimed', undefined, { on });
  }
  if ((state === 'identity-lost' || state === 'identity-corrupt') && row?.fault !== true)
    throw new CodedError('identity_unavailable', undefined, { on });
}

function checkRole({ role }: RouteRow, caller: Caller, kind: MachineKind): void {
  if (role === 'operator' && caller.kind !== 'operator')
    throw new CodedError(
      'forbidden',
      kind === 'appliance'
        ? 'An appliance lets nobody do this: it has no command line.'
        : 'This is done on the machine itself, with its command line `b3iq-host`.',
    );
  if (role === 'owner' && !isOwner(caller))
    throw new CodedError(
      'unauthorized',
      'You are not signed in, or the session has ended. Sign in as the owner.',
    );
}

/** A scraper has no session: it sends a local key, which opens this and nothing else here. */
function checkMetrics({ headers }: Request, caller: Caller, keys: Keys): void {
  if (caller.kind !== 'anyone') return;
  const secret = bearerOf(headers.authorization);
  if (secret === undefined)
    throw new CodedError(
      'unauthorized',
      'Send a local key with the scope `metrics` as `Authorization: Bearer b3iq_local_…`, or sign in as the owner.',
    );
  if (!keys.authenticate(secret).scopes.includes('metrics'))
    throw new CodedError('key_scope_denied', 'This key lacks the scope `metrics`.');
}

/** Whom the owner let look: their token opens the rows of this role and nothing else. */
function supporter({ headers }: Request, grants: GuardDeps['grants']): Caller {
  const token = bearerOf(headers.authorization);
  if (token === undefined)
    throw new CodedError(
      'unauthorized',
      'You are not signed in, or the session has ended. Sign in as the owner, or send a support grant as `Authorization: Bearer b3iq_support_…`.',
    );
  grants.authenticate(token);
  return { kind: 'support' };
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

function refusal(match: RouteMatch): CodedError {
  if (match.kind !== 'wrong-method') return new CodedError('not_found');
  return new CodedError('method_not_allowed', undefined, { headers: { allow: match.allow.join(', ') } });
}
