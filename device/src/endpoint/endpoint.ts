/**
 * Everything under `/v1`: who may come in, what is there, and one `Call` for each inference.
 * Separate from the control routes and without Express: every token of every app passes here.
 */
import { randomFillSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { newReceiptId } from '@b3iq/wire';
import type { NodeState } from '@b3iq/wire/local-api';
import type { InferencePath, ServedModel } from '../engine/port.ts';
import type { EngineRegistry } from '../engine/registry/registry.ts';
import { summariesOf } from '../engine/summary.ts';
import { CodedError, errorChain, type MachineKind } from '../errors.ts';
import { requireHost } from '../http/hosts.ts';
import type { Keys, LiveKey } from '../keys/port.ts';
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import type { Ledger } from '../receipts/port.ts';
import { Call } from './call.ts';
import { requireAbility, requireModel } from './call-policy.ts';
import type { CallContext } from './context.ts';
import { answerCount } from './count.ts';
import { answerCrossOrigin } from './cross-origin.ts';
import { Lane } from './lane.ts';
import { entryOf, listOf, type ModelEntry } from './model-list.ts';
import { refuse } from './refuse.ts';
import { type Route, routeOf, shapeOf } from './routes.ts';
import { DEFAULT_LIMITS, type EndpointLimits, type EndpointStats } from './types.ts';

export interface EndpointDeps {
  readonly engines: EngineRegistry;
  readonly keys: Keys;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly nodeState: () => NodeState;
  /** Where a refusal is read; a Host unless told. */
  readonly kind?: MachineKind;
  /** The names this machine answers to, from `knownHosts`. */
  readonly hosts: () => ReadonlySet<string>;
  /** Pages of other sites that may call; none unless told. */
  readonly origins?: () => readonly string[];
  readonly limits?: Partial<EndpointLimits>;
}

export interface Endpoint {
  /** Answers a request under `/v1`. @returns false when it is not for the endpoint: nothing has been touched then */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** A handler for one inference path on behalf of the owner, without key and limits, for the dashboard's playground.
   *  Mount it behind the owner check and before any body parser. */
  handleAs(
    caller: 'owner',
    path?: InferencePath,
  ): (request: IncomingMessage, response: ServerResponse) => void;
  stats(): EndpointStats;
  /** Drops the connections to the engines; calls still running fail. */
  close(): Promise<void>;
}

/** Answers kept for `recentSpeeds`. */
const SPEEDS = 60;

const isModels = ({ kind }: Route): boolean => kind === 'models' || kind === 'model';

export function createEndpoint(deps: EndpointDeps): Endpoint {
  return new HotPath(deps);
}

class HotPath implements Endpoint {
  readonly #deps: EndpointDeps;
  readonly #context: CallContext;
  /** By the id of the model. */
  readonly #lanes = new Map<string, Lane>();
  readonly #leave: () => void;
  readonly #speeds: number[] = [];
  readonly #createdS: number;

  constructor(deps: EndpointDeps) {
    const limits: EndpointLimits = { ...DEFAULT_LIMITS, ...deps.limits };
    this.#deps = deps;
    this.#createdS = Math.floor(deps.clock.now() / 1000);
    this.#followEngines(limits);
    this.#leave = deps.engines.onChange(() => this.#followEngines(limits));
    this.#context = {
      limits,
      held: { now: 0, max: Math.max(limits.maxBodyBytes, limits.maxHeldBytes) },
      ledger: deps.ledger,
      clock: deps.clock,
      log: deps.log,
      laneOf: (model) => this.#laneOf(model),
      newReceiptId: receiptIds(),
      noteSpeed: (speed) => {
        this.#speeds.push(speed);
        if (this.#speeds.length > SPEEDS) this.#speeds.shift();
      },
    };
  }

  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const url = request.url ?? '';
    const query = url.indexOf('?');
    const pathname = query === -1 ? url : url.slice(0, query);
    if (pathname !== '/v1' && !pathname.startsWith('/v1/')) return false;
    const route = routeOf(pathname);
    if (route.kind === 'elsewhere') return false;
    try {
      requireHost(request.headers.host, this.#deps.hosts());
      if (answerCrossOrigin(request, response, this.#deps.origins?.() ?? [])) return true;
      this.#requireState();
      if (route.kind === 'unknown')
        throw new CodedError('not_found', 'There is nothing at this address. GET /v1/models shows what is.');
      const key = this.#authenticate(request, shapeOf(pathname) === 'anthropic' || isModels(route));
      const method = isModels(route) ? 'GET' : 'POST';
      if (request.method !== method)
        throw new CodedError('method_not_allowed', `Use ${method} here.`, { headers: { allow: method } });
      if (!key.scopes.includes('inference'))
        throw new CodedError('key_scope_denied', 'This key lacks the scope `inference`.');
      switch (route.kind) {
        case 'inference':
          requireAbility(route.path, this.#models());
          void new Call(this.#context, request, response, route.path, key).run();
          break;
        case 'count':
          requireAbility(route.path, this.#models());
          void answerCount(this.#context, request, response, route.path, key);
          break;
        case 'models':
          sendJson(response, listOf(this.#modelsOf(key).map((lane) => this.#describe(lane))));
          break;
        case 'model': {
          const lane = this.#laneOf(route.id);
          requireModel(key, route.id);
          sendJson(response, this.#describe(lane));
          break;
        }
      }
    } catch (error) {
      this.#refuse(request, response, pathname, error);
    }
    return true;
  }

  handleAs(_caller: 'owner', path: InferencePath = '/v1/chat/completions') {
    return (request: IncomingMessage, response: ServerResponse): void => {
      try {
        this.#requireState();
        void new Call(this.#context, request, response, path, undefined).run();
      } catch (error) {
        this.#refuse(request, response, path, error);
      }
    };
  }

  stats(): EndpointStats {
    let active = 0;
    let queued = 0;
    for (const { admission } of this.#lanes.values()) {
      active += admission.active;
      queued += admission.waiting;
    }
    return { active, queued, recentSpeeds: [...this.#speeds] };
  }

  async close(): Promise<void> {
    this.#leave();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.destroy()));
  }

  #followEngines(limits: EndpointLimits): void {
    const models = this.#deps.engines.models();
    for (const [id, lane] of this.#lanes)
      if (!models.has(id)) {
        this.#lanes.delete(id);
        lane.setEngines(new Set());
      }
    for (const [id, engines] of models) {
      const lane = this.#lanes.get(id);
      if (lane === undefined) this.#lanes.set(id, new Lane(engines, limits));
      else lane.setEngines(engines);
    }
  }

  #requireState(): void {
    const state = this.#deps.nodeState();
    const { kind: on = 'host' } = this.#deps;
    if (state === 'unclaimed') throw new CodedError('node_unclaimed', undefined, { on });
    if (state === 'identity-lost' || state === 'identity-corrupt')
      throw new CodedError('identity_unavailable', undefined, { on });
  }

  #authenticate(request: IncomingMessage, takesApiKey: boolean): LiveKey {
    const { authorization } = request.headers;
    const apiKey = takesApiKey ? request.headers['x-api-key'] : undefined;
    const secret = authorization === undefined ? apiKey : /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (typeof secret !== 'string')
      throw new CodedError('unauthorized', 'Send a local key as `Authorization: Bearer b3iq_local_…`.');
    return this.#deps.keys.authenticate(secret);
  }

  #laneOf(model: string): Lane {
    const lane = this.#lanes.get(model);
    if (lane === undefined)
      throw new CodedError(
        'model_not_found',
        'This machine has no model of that name. GET /v1/models lists the names; they must match exactly.',
        { param: 'model' },
      );
    return lane;
  }

  *#models(): Generator<ServedModel> {
    for (const { model } of this.#lanes.values()) yield model;
  }

  #modelsOf(key: LiveKey): readonly Lane[] {
    // Clients often begin with the first.
    const lanes = summariesOf(this.#deps.engines).flatMap(({ id }) => this.#lanes.get(id) ?? []);
    return key.models === undefined ? lanes : lanes.filter(({ model }) => key.models?.has(model.id));
  }

  #describe(lane: Lane): ModelEntry {
    return entryOf(lane.model, lane.state(), this.#createdS);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, pathname: string, error: unknown): void {
    const coded =
      error instanceof CodedError ? error : new CodedError('internal', undefined, { cause: error });
    if (coded.code === 'internal') this.#deps.log.error('endpoint.bug', { reason: errorChain(error) });
    refuse(request, response, shapeOf(pathname), coded);
  }
}

function sendJson(response: ServerResponse, value: object): void {
  const text = JSON.stringify(value);
  response
    .writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}

/** Receipt ids from randomness drawn for 400 at a time: asking the system for each costs more than the rest of it. */
function receiptIds(): (nowMs: number) => string {
  const pool = Buffer.alloc(4_000);
  let used = pool.length;
  return (nowMs) => {
    if (used >= pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const random = pool.subarray(used, used + 10);
    used += 10;
    return newReceiptId(nowMs, random);
  };
}
