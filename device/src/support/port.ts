/** Support grants as the doors see them. Separate from how they are kept. */
import type { GrantSummary, NewGrantAnswer, NewGrantRequest } from '@b3iq/wire/local-api';

export interface Grants {
  /** Passes the bearer of a live grant, and remembers that it came. @throws unauthorized, grant_expired */
  authenticate(token: string): void;
  /** Newest first; ended ones included. */
  list(): readonly GrantSummary[];
  /** @throws invalid_request when there are too many, store_write_failed */
  create(request: NewGrantRequest): Promise<NewGrantAnswer>;
  /** Once this resolves, no request with it gets in. @throws grant_not_found, store_write_failed */
  revoke(id: string): Promise<GrantSummary>;
  close(): Promise<void>;
}
