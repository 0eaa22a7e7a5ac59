/** `/api/keys` for the owner: list, make, change, revoke. Separate from the ring, which knows no HTTP. */
import type { KeysAnswer } from '@b3iq/wire/local-api';
import express, { type Router } from 'express';
import type { KeyRing } from './key-ring.ts';

/** Router to mount at `/api/keys`, behind the owner check and a JSON body parser. Errors travel to `next`. */
export function keyRoutes({ keys }: { readonly keys: KeyRing }): Router {
  const router = express.Router();
  router.get('/', (_request, response) => {
    const answer: KeysAnswer = { keys: keys.list() };
    response.json(answer);
  });
  router.post('/', async (request, response) => {
    // Hostile until the ring has parsed it.
    const answer = await keys.create(request.body ?? {});
    response.status(201).set('cache-control', 'no-store').json(answer);
  });
  router.patch('/:id', async (request, response) => {
    response.json(await keys.change(request.params.id, request.body ?? {})); // hostile, as above
  });
  router.delete('/:id', async (request, response) => {
    response.json(await keys.revoke(request.params.id));
  });
  return router;
}
