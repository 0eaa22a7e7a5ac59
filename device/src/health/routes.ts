/** `/api/health*` and `/metrics` over HTTP; a support grant sees numbers and kinds, no name. Separate from the monitor, which knows no HTTP. */
import { z } from 'zod';
import { CodedError } from '../errors.ts';
import { isOwner } from '../http/caller.ts';
import type { Handlers } from '../http/handlers.ts';
import { METRICS_TYPE } from './metrics/text.ts';
import { alertsOf, readingsOf } from './nameless.ts';
import type { Health } from './port.ts';

/** Query of `GET /api/health/history`. */
export const historyQuery = z.object({
  hours: z.coerce.number().int().min(1).max(168).default(24),
  points: z.coerce.number().int().min(10).max(1_440).default(240),
});

type Keys = 'GET /api/health' | 'GET /api/health/history' | 'GET /api/health/alerts' | 'GET /metrics';

export function healthRoutes({ health }: { readonly health: Health }): Handlers<Keys> {
  return {
    async 'GET /api/health'(_request, response, caller) {
      const now = await health.now();
      response.json(isOwner(caller) ? now : readingsOf(now));
    },
    async 'GET /api/health/history'(request, response) {
      const query = historyQuery.safeParse(request.query);
      if (!query.success)
        throw new CodedError(
          'invalid_request',
          'Expected `hours` from 1 to 168 and `points` from 10 to 1440, both whole numbers.',
        );
      response.json(await health.history(query.data));
    },
    'GET /api/health/alerts'(_request, response, caller) {
      const alerts = health.alerts();
      response.json(isOwner(caller) ? alerts : alertsOf(alerts));
    },
    async 'GET /metrics'(_request, response) {
      // Not `send`, which would write a charset of its own.
      response.set('content-type', METRICS_TYPE).end(await health.metrics());
    },
  };
}
