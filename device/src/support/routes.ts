/** `/api/support/*` over HTTP. Separate from what is in a bundle, which knows no HTTP. */
import type { BundleContentsAnswer } from '@b3iq/wire/local-api';
import type { Handlers } from '../http/handlers.ts';
import type { Clock } from '../os/clock.ts';
import type { MakeBundle } from './bundle.ts';
import { BUNDLE_FILES, NEVER } from './contents.ts';

export interface SupportDeps {
  readonly makeBundle: MakeBundle;
  readonly clock: Clock;
}

type Keys = 'GET /api/support/contents' | 'GET /api/support/bundle';

export function supportRoutes({ makeBundle, clock }: SupportDeps): Handlers<Keys> {
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
  };
}
