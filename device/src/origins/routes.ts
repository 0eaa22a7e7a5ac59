/** `/api/origins` for the owner. Separate from the endpoint, which only asks what stands there. */
import { type OriginsAnswer, originsRequest } from '@b3iq/wire/local-api';
import type { Handlers } from '../http/handlers.ts';
import type { Store } from '../store/port.ts';
import type { OriginsSlice } from './types.ts';

export function originRoutes({
  origins,
}: {
  readonly origins: Store<OriginsSlice>;
}): Handlers<'GET /api/origins' | 'PUT /api/origins'> {
  return {
    'GET /api/origins'(_request, response) {
      const answer: OriginsAnswer = { origins: origins.read() };
      response.json(answer);
    },
    async 'PUT /api/origins'(request, response) {
      const wanted = originsRequest.parse(request.body);
      const answer: OriginsAnswer = { origins: await origins.update(() => [...new Set(wanted.origins)]) };
      response.json(answer);
    },
  };
}
