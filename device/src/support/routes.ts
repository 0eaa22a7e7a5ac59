/** `/api/support/*` over HTTP. Separate from what is in a bundle, which knows no HTTP. */
import { type BundleContentsAnswer, type GrantsAnswer, newGrantRequest } from '@b3iq/wire/local-api';
import type { Handlers } from '../http/handlers.ts';
import type { Clock } from '../os/clock.ts';
import type { MakeBundle } from './bundle.ts';
import { BUNDLE_FILES, NEVER } from './contents.ts';
import type { Grants } from './port.ts';

export interface SupportDeps {
  readonly makeBundle: MakeBundle;
  readonly grants: Grants;
  readonly clock: Clock;
}

type Keys =
  | 'GET /api/support/contents'
  | 'GET /api/support/bundle'
  | 'GET /api/support/grants'
  | 'POST /api/support/grants'
  | 'DELETE /api/support/grants/:id';

export function supportRoutes({ makeBundle, grants, clock }: SupportDeps): Handlers<Keys> {
  return {
    'GET /api/support/contents'(_request, response) {
      const answer: BundleContentsAnswer = { files: BUNDLE_FILES, never: NEVER };
      response.json(answer);
    },
    async 'GET /api/support/bundle'(_request, response) {
      const bytes = await makeBundle();
      const stamp = new Date(clock.now()).toISOString().slice(0, 16).replace(/[-:]/g, '');
      response
        .attachment(`b3iq-support-${stamp}.tar.gz`)
        .set('content-type', 'application/gzip')
        .end(Buffer.from(bytes));
    },
    'GET /api/support/grants'(_request, response) {
      const answer: GrantsAnswer = { grants: grants.list() };
      response.json(answer);
    },
    async 'POST /api/support/grants'(request, response) {
      response.status(201).json(await grants.create(newGrantRequest.parse(request.body)));
    },
    async 'DELETE /api/support/grants/:id'(request, response) {
      response.json(await grants.revoke(String(request.params.id)));
    },
  };
}
