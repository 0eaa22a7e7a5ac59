/** The wizard's network step over HTTP. Separate from the service, which knows no requests. */
import { joinRequest } from '@b3iq/wire/local-api';
import type { Handlers } from '../http/handlers.ts';
import type { NetworkService } from './service.ts';

type OwnRoutes =
  | 'GET /api/setup/networks'
  | 'POST /api/setup/networks/scan'
  | 'POST /api/setup/networks/join';

export function networkRoutes({ network }: { readonly network: NetworkService }): Handlers<OwnRoutes> {
  return {
    'GET /api/setup/networks'(_request, response) {
      response.json(network.answer());
    },
    async 'POST /api/setup/networks/scan'(_request, response) {
      response.json(await network.scan());
    },
    'POST /api/setup/networks/join'(request, response) {
      response.status(202).json(network.join(joinRequest.parse(request.body)));
    },
  };
}
