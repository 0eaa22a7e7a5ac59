/** `/api/engines` for the owner: list, add, remove. Separate from the service, which knows no HTTP. */
import type { Handlers } from '../../http/handlers.ts';
import type { EngineList } from './port.ts';

type Own = 'GET /api/engines' | 'POST /api/engines' | 'DELETE /api/engines/:name';

export function engineRoutes({ engines }: { readonly engines: EngineList }): Handlers<Own> {
  return {
    async 'GET /api/engines'(_request, response) {
      response.json(await engines.list());
    },
    async 'POST /api/engines'(request, response) {
      response.status(201).json(await engines.add(request.body ?? {}));
    },
    async 'DELETE /api/engines/:name'(request, response) {
      const name = String(request.params.name);
      await engines.remove(name);
      response.json({ name });
    },
  };
}
