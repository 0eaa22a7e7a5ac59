/** The wizard's network step over HTTP. Separate from the service, which knows no requests. */
import { joinRequest } from '@b3iq/wire/local-api';
import type { Handlers } from '../http/handlers.ts';
import type { NetworkService } from './service.ts';

type OwnRoutes =
  | 'GET /api/setup/networks'
  | 'POST /api/setup/networks/scan'
  | 'POST /api/setup/networks/join'
  | 'POST /api/setup/networks/forget';

export function networkRoutes({ network }: { readonly network: NetworkService }): Handlers<OwnRoutes> {
  return {
    'GET /api/setup/networks'(_request, response) {
      response.json(network.show());
    },
    async 'POST /api/setup/networks/scan'(_request, response) {
      response.json(await network.scan());
    },
    'POST /api/setup/networks/join'(request, response) {
      response.status(202).json(network.join(joinRequest.parse(request.body)));
    },
    async 'POST /api/setup/networks/forget'(_request, response) {
      response.json(await network.forget());
    },
  };
}
