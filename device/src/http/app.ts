/**
 * The control app: guards, the machine's `/api`, and its pages, on Express. Builds, never listens.
 * Separate from the hot path, which shares nothing with it but `hostAllowed`.
 */
import type { IncomingMessage } from 'node:http';
import {
  type Health,
  type ModelSummary,
  type ModelsAnswer,
  type NodeState,
  progressRequest,
  type StatusAnswer,
} from '@b3iq/wire/local-api';
import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express';
import type { Appliance } from '../appliance/machine/port.ts';
import { applianceRoutes } from '../appliance/machine/routes.ts';
import { claimRoutes } from '../claim/routes.ts';
import type { ClaimService } from '../claim/service.ts';
import type { Health as HealthSource } from '../health/port.ts';
import { healthRoutes } from '../health/routes.ts';
import type { Keys } from '../keys/port.ts';
import type { Models } from '../models/port.ts';
import { modelRoutes } from '../models/routes.ts';
import { networkRoutes } from '../network/routes.ts';
import type { NetworkService } from '../network/service.ts';
import type { Log } from '../os/log.ts';
import { type UsageDeps, usageRoutes } from '../usage/routes.ts';
import { readJson } from './body.ts';
import { callerOf, isOwner } from './caller.ts';
import type { Captive } from './captive.ts';
import { eventStreams } from './events.ts';
import { admit, checkHost, securityHeaders } from './guards.ts';
import type { Handlers } from './handlers.ts';
import { nextSources, OwnNames } from './own-names.ts';
import { pages } from './pages.ts';
import { sendProblem } from './problem.ts';
import type { RouteKey } from './roles.ts';
import { readSetupState, type SetupSources } from './setup-state.ts';

export interface AppDeps extends Omit<SetupSources, 'networkStep' | 'state'> {
  readonly version: string;
  /** Set while the machine's own key is lost or corrupt. */
  readonly identityFault: () => 'identity-lost' | 'identity-corrupt' | undefined;
  /** Whether a claimed machine has lost its network and opened its hotspot for its owner. */
  readonly isRecovering?: () => boolean;
  readonly claim: ClaimService;
  readonly network: NetworkService;
  /** What is served. */
  readonly models: () => readonly ModelSummary[];
  /** What is installed, served or not. */
  readonly library: Models;
  readonly status: () => Promise<StatusAnswer>;
  readonly health: HealthSource;
  /** Whose secrets open `/metrics`. */
  readonly localKeys: Keys;
  /** Calls `listener` after each change of the status; returns the way to stop. */
  readonly onStatusChange: (listener: () => void) => () => void;
  /** Absolute address of a path on this machine. */
  readonly pageUrl: (path: string) => string;
  /** Routers of other features, mounted behind the guards; only paths in `ROUTES` reach them. */
  readonly keyRoutes: Router;
  readonly receiptRoutes: Router;
  readonly usage: UsageDeps;
  /** `undefined` on a Host. */
  readonly appliance?: Appliance | undefined;
  readonly playground: (request: IncomingMessage, response: Response) => unknown;
  /** Folder of the built pages. */
  readonly pagesDir: string;
  /** The names this machine answers to now, from `knownHosts`. */
  readonly hosts: () => ReadonlySet<string>;
  readonly isOperator: (request: IncomingMessage) => boolean;
  /** Leads phones on the hotspot to the setup page; `undefined` on a Host. */
  readonly captive?: Captive | undefined;
  /** Aborted when the agent stops: ends streams that would never end. */
  readonly stopping: AbortSignal;
  readonly log: Log;
  readonly heartbeatMs?: number;
}

/** The state of the machine as its doors see it. */
export function nodeState(deps: Pick<AppDeps, 'identityFault' | 'claim' | 'isRecovering'>): NodeState {
  const claimed = deps.isRecovering?.() === true ? 'claimed-recovering' : 'claimed';
  return deps.identityFault() ?? (deps.claim.isClaimed() ? claimed : 'unclaimed');
}

export function buildApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  const ownNames = new OwnNames();
  const guard = { ...deps, ownNames, state: () => nodeState(deps) };
  const api = apiRouter(deps);
  const servePage = pages({
    dir: deps.pagesDir,
    isClaimed: () => deps.claim.isClaimed(),
    captive: deps.captive,
    ...(deps.captive && { others: () => nextSources(deps.hosts()) }),
  });

  app.use(securityHeaders, checkHost(guard, deps.captive));
  app.use(async (request, response, next) => {
    if (!isControl(request.path)) return servePage(request, response);
    response.set('cache-control', 'no-store');
    const row = admit(request, guard);
    const { origin } = request.headers;
    if (request.path === '/health' && ownNames.has(origin))
      response.set({ 'access-control-allow-origin': origin, vary: 'origin' });
    if (row.rawBody !== true && request.method !== 'GET' && request.method !== 'HEAD')
      request.body = await readJson(request);
    api(request, response, next);
  });
  // Express tells an error handler by its four parameters.
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    sendProblem(request, response, error, deps.log);
  });
  return app;
}

/** Paths that answer programs and stand in the table; all others are pages. */
function isControl(path: string): boolean {
  return path === '/health' || path === '/metrics' || /^\/(?:api|v1)(?:\/|$)/.test(path);
}

/** Every route of the table with its handler. Exported so that a test can hold the two against each other. */
export function apiRouter(deps: AppDeps): Router {
  const api = express.Router({ caseSensitive: true, strict: true });
  for (const [key, handler] of Object.entries(ownHandlers(deps))) {
    const [method = '', path = ''] = key.split(' ');
    const route = api.route(path);
    const handle: RequestHandler = (request, response) => handler(request, response, callerOf(request));
    if (method === 'GET') route.get(handle);
    else if (method === 'PUT') route.put(handle);
    else if (method === 'DELETE') route.delete(handle);
    else route.post(handle);
  }
  api.use('/api/keys', deps.keyRoutes);
  api.use(['/api/receipts', '/v1/receipts'], deps.receiptRoutes);
  return api;
}

type Elsewhere = Extract<
  RouteKey,
  `${string} /api/keys${string}` | `${string} /${'api' | 'v1'}/receipts${string}`
>;

function ownHandlers(deps: AppDeps): Handlers<Exclude<RouteKey, Elsewhere>> {
  const { claim, network } = deps;
  const sources: SetupSources = { ...deps, state: () => nodeState(deps), networkStep: network.hasRadio };
  const streams = eventStreams({ ...deps, onChange: deps.onStatusChange });
  return {
    ...claimRoutes(deps),
    ...networkRoutes(deps),
    ...applianceRoutes({ claim, appliance: deps.appliance }),
    ...healthRoutes(deps),
    ...modelRoutes(deps),
    ...usageRoutes(deps.usage),
    'GET /health'(_request, response) {
      const answer: Health = { status: 'ok', version: deps.version, state: nodeState(deps) };
      response.json(answer);
    },
    async 'GET /api/setup/state'(_request, response, caller) {
      response.json(await readSetupState(sources, isOwner(caller)));
    },
    async 'POST /api/setup/progress'(request, response, caller) {
      await claim.moveTo(progressRequest.parse(request.body).step);
      response.json(await readSetupState(sources, isOwner(caller)));
    },
    async 'GET /api/status'(_request, response) {
      response.json(await deps.status());
    },
    'GET /api/events'(request, response, caller) {
      const isSame = () => caller.kind !== 'owner' || claim.isLive(caller.session);
      streams(request, response, isSame);
    },
    'GET /api/models'(_request, response) {
      const answer: ModelsAnswer = { models: deps.models() };
      response.json(answer);
    },
    async 'POST /api/playground/chat'(request, response) {
      await deps.playground(request, response);
    },
  };
}
