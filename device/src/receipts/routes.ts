/** Receipts over HTTP for the owner: list, one proof, whole chain. Separate from the ledger, which knows no HTTP. */
import express, { type Router } from 'express';
import { z } from 'zod';
import { CodedError } from '../errors.ts';
import type { Ledger } from './port.ts';

/** Query of a list of receipts. */
export const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.coerce.number().int().min(1).optional(),
});

/**
 * Router to mount at `/api/receipts` and, for the list alone, at `/v1/receipts`; both behind the owner check.
 * Errors travel to `next`.
 */
export function receiptRoutes({ ledger }: { readonly ledger: Ledger }): Router {
  const router = express.Router();
  router.get('/', async (request, response) => {
    const query = listQuery.safeParse(request.query);
    if (!query.success)
      throw new CodedError(
        'invalid_request',
        'Expected `limit` from 1 to 200 and `before` as a whole number.',
      );
    const { limit, before } = query.data;
    response.json(await ledger.list({ limit, ...(before === undefined ? {} : { before }) }));
  });
  router.post('/verify', async (_request, response) => {
    response.json(await ledger.verify());
  });
  router.post('/set-aside', async (_request, response) => {
    response.json(await ledger.setAside());
  });
  router.get('/:id', async (request, response) => {
    response.json(await ledger.proof(request.params.id));
  });
  return router;
}
