/**
 * Every control route and who may use it, in one table. A request that is not in it is refused before any handler
 * sees it, so that a route added elsewhere cannot be open by accident.
 */

/**
 * `owner`: the session cookie or the unix socket. `operator`: the unix socket alone. `metrics`: the owner, or a local key
 * with that scope. `diagnostics`: the owner, or a support grant; every such row only reads.
 */
export type Role = 'anyone' | 'owner' | 'operator' | 'metrics' | 'diagnostics';

export interface RouteRow {
  readonly role: Role;
  /** Whether it also answers before there is an owner: to all its callers, or through the unix socket alone. */
  readonly unclaimed?: 'all' | 'operator';
  /** Also answers while the machine's identity is lost or corrupt. */
  readonly fault?: true;
  /** The handler reads the body itself, within a limit of its own. */
  readonly rawBody?: true;
}

export const ROUTES = {
  'GET /health': { role: 'anyone', unclaimed: 'all', fault: true },
  'GET /metrics': { role: 'metrics' },
  'GET /openapi.json': { role: 'anyone' },

  'GET /api/setup/state': { role: 'anyone', unclaimed: 'all', fault: true },
  'POST /api/setup/claim': { role: 'anyone', unclaimed: 'all' }, // the secret in it is the proof
  'POST /api/setup/token': { role: 'operator', unclaimed: 'all' },
  'POST /api/setup/progress': { role: 'owner' },
  'GET /api/setup/networks': { role: 'owner' },
  'POST /api/setup/networks/scan': { role: 'owner' },
  'POST /api/setup/networks/join': { role: 'owner' },
  'POST /api/setup/networks/forget': { role: 'owner' },

  'GET /api/appliance': { role: 'owner' },
  'POST /api/self-test': { role: 'operator' }, // the health gate's
  'GET /api/update': { role: 'owner' },
  'POST /api/update/check': { role: 'owner' },
  'POST /api/update/install': { role: 'owner' },
  'POST /api/update/restart': { role: 'owner' },
  'POST /api/update/settings': { role: 'owner' },
  'POST /api/factory-reset': { role: 'owner' },
  'POST /api/power': { role: 'owner' },
  'POST /api/disk-recovery-key': { role: 'owner' },
  'GET /api/certificate': { role: 'owner' },
  'PUT /api/certificate': { role: 'owner' },
  'DELETE /api/certificate': { role: 'owner' },

  'GET /api/session': { role: 'owner', fault: true },
  'POST /api/session': { role: 'anyone', fault: true }, // so that the owner of a machine at fault can read its status
  'DELETE /api/session': { role: 'anyone', fault: true },
  'POST /api/session/recovery-link': { role: 'operator' },
  'POST /api/session/recover': { role: 'anyone' },
  'POST /api/owner/password': { role: 'owner' },
  'POST /api/owner/recovery-code': { role: 'owner' },

  'GET /api/status': { role: 'owner', unclaimed: 'operator', fault: true },
  'GET /api/events': { role: 'owner', unclaimed: 'operator', fault: true },
  'GET /api/models': { role: 'owner', unclaimed: 'operator' },
  'GET /api/models/library': { role: 'owner' },
  'GET /api/models/ollama': { role: 'owner' },
  'GET /api/models/stick': { role: 'owner' },
  'GET /api/models/catalogue': { role: 'owner' },
  'DELETE /api/models/library/:id': { role: 'owner' },
  'POST /api/models/library/:id/restore': { role: 'owner' },
  'POST /api/models/installs': { role: 'owner' },
  'POST /api/models/installs/:id/pause': { role: 'owner' },
  'POST /api/models/installs/:id/resume': { role: 'owner' },
  'DELETE /api/models/installs/:id': { role: 'owner' },
  'GET /api/health': { role: 'diagnostics' },
  'GET /api/health/history': { role: 'diagnostics' },
  'GET /api/health/alerts': { role: 'diagnostics' },

  'GET /api/support/contents': { role: 'diagnostics' },
  'GET /api/support/bundle': { role: 'diagnostics' },
  'GET /api/support/grants': { role: 'owner' },
  'POST /api/support/grants': { role: 'owner' },
  'DELETE /api/support/grants/:id': { role: 'owner' },
  'GET /api/usage': { role: 'owner' },
  'GET /api/benchmark': { role: 'owner' },
  'POST /api/benchmark/start': { role: 'owner' },
  'POST /api/benchmark/stop': { role: 'owner' },
  'GET /api/benchmark/:id': { role: 'owner' },

  'GET /api/engines': { role: 'owner' },
  'POST /api/engines': { role: 'owner' },
  'DELETE /api/engines/:name': { role: 'owner' },

  'GET /api/keys': { role: 'owner' },
  'POST /api/keys': { role: 'owner' },
  'PATCH /api/keys/:id': { role: 'owner' },
  'DELETE /api/keys/:id': { role: 'owner' },
  'GET /api/origins': { role: 'owner' },
  'PUT /api/origins': { role: 'owner' },
  'GET /api/receipts': { role: 'owner' },
  'GET /api/receipts/:id': { role: 'owner' },
  'POST /api/receipts/verify': { role: 'owner' },
  'POST /api/receipts/set-aside': { role: 'owner' },
  'GET /v1/receipts': { role: 'owner' },
  'POST /api/playground/chat': { role: 'owner', rawBody: true },
} as const satisfies Record<string, RouteRow>;
export type RouteKey = keyof typeof ROUTES;

/** What the table says about a request. */
export type RouteMatch =
  | { readonly kind: 'row'; readonly key: RouteKey; readonly row: RouteRow }
  | { readonly kind: 'wrong-method'; readonly allow: readonly string[] }
  | { readonly kind: 'unknown' };

const rows = (Object.keys(ROUTES) as RouteKey[]).map((key) => {
  // Object.keys forgets the literal type; the table is the type's source
  const [method = '', path = ''] = key.split(' ');
  const row: RouteRow = ROUTES[key];
  return { key, method, parts: path.split('/'), row };
});

/**
 * The row for `method` and `path`. Exact: no other case, no trailing slash, no encoding of a fixed part.
 * @param path  as it stands in the request line, without the query
 */
export function matchRoute(method: string, path: string): RouteMatch {
  const asked = method === 'HEAD' ? 'GET' : method;
  const parts = path.split('/');
  const there = rows.filter(
    (r) =>
      r.parts.length === parts.length &&
      r.parts.every((p, i) => (p.startsWith(':') ? parts[i] !== '' : p === parts[i])),
  );
  // A fixed path wins over one with a parameter: `/api/receipts/verify` is no receipt.
  const found = there.filter((r) => r.method === asked).sort((a, b) => params(a.parts) - params(b.parts))[0];
  if (found !== undefined) return { kind: 'row', key: found.key, row: found.row };
  if (there.length === 0) return { kind: 'unknown' };
  return { kind: 'wrong-method', allow: [...new Set(there.map((r) => r.method))] };
}

const params = (parts: readonly string[]): number => parts.filter((part) => part.startsWith(':')).length;
