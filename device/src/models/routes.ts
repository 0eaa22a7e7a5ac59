/** `/api/models/*` over HTTP, for the owner. Separate from the service, which knows no HTTP. */
import { installRequest } from '@b3iq/wire/local-api';
import type { Handlers } from '../http/handlers.ts';
import type { Verb } from './install/state.ts';
import type { Models } from './port.ts';

type Keys =
  | 'GET /api/models/library'
  | 'GET /api/models/catalogue'
  | 'GET /api/models/ollama'
  | 'GET /api/models/stick'
  | 'DELETE /api/models/library/:id'
  | 'POST /api/models/library/:id/restore'
  | 'POST /api/models/installs'
  | 'POST /api/models/installs/:id/pause'
  | 'POST /api/models/installs/:id/resume'
  | 'DELETE /api/models/installs/:id';

/** Each change answers with the whole library, so that a page shows at once what it came to. */
export function modelRoutes({ library }: { readonly library: Models }): Handlers<Keys> {
  const acting =
    (verb: Verb): Handlers<Keys>['DELETE /api/models/installs/:id'] =>
    async (request, response) => {
      await library.act(String(request.params.id), verb);
      response.json(await library.library());
    };
  return {
    async 'GET /api/models/library'(_request, response) {
      response.json(await library.library());
    },
    async 'GET /api/models/catalogue'(_request, response) {
      response.json(await library.catalogue());
    },
    async 'GET /api/models/ollama'(_request, response) {
      response.json(await library.ollama());
    },
    async 'GET /api/models/stick'(_request, response) {
      response.json(await library.stick());
    },
    async 'DELETE /api/models/library/:id'(request, response) {
      await library.remove(String(request.params.id));
      response.json(await library.library());
    },
    async 'POST /api/models/library/:id/restore'(request, response) {
      await library.restore(String(request.params.id));
      response.json(await library.library());
    },
    async 'POST /api/models/installs'(request, response) {
      response.status(202).json(await library.install(installRequest.parse(request.body)));
    },
    'POST /api/models/installs/:id/pause': acting('pause'),
    'POST /api/models/installs/:id/resume': acting('resume'),
    'DELETE /api/models/installs/:id': acting('cancel'),
  };
}
