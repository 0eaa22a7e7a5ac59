/** `/api/benchmark*` over HTTP. Separate from the service, which knows no HTTP. */
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import type { Benchmarks } from './port.ts';

export const startRequest = z.strictObject({
  model: z.string().min(1).max(200).optional(),
  anyway: z.boolean().optional(),
});
const nothing = z.strictObject({}).optional();

type Keys =
  | 'GET /api/benchmark'
  | 'POST /api/benchmark/start'
  | 'POST /api/benchmark/stop'
  | 'GET /api/benchmark/:id';

export function benchmarkRoutes({ benchmarks }: { readonly benchmarks: Benchmarks }): Handlers<Keys> {
  return {
    async 'GET /api/benchmark'(_request, response) {
      response.json(await benchmarks.now());
    },
    async 'POST /api/benchmark/start'(request, response) {
      benchmarks.start(startRequest.parse(request.body ?? {}));
      response.status(202).json(await benchmarks.now());
    },
    async 'POST /api/benchmark/stop'(request, response) {
      nothing.parse(request.body);
      benchmarks.stop();
      response.json(await benchmarks.now());
    },
    async 'GET /api/benchmark/:id'(request, response) {
      const id = String(request.params.id);
      const envelope = await benchmarks.document(id);
      response.set('content-disposition', `attachment; filename="${id}.json"`).json(envelope);
    },
  };
}
