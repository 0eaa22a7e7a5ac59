/** The owner's list of engines as the doors see it. Separate so that routes and their tests need no engine. */
import type { EngineSummary, EnginesAnswer } from '@b3iq/wire/local-api';

export interface EngineList {
  list(): Promise<EnginesAnswer>;
  /** @param raw  hostile until parsed     @throws invalid_request, engine_name_taken, store_write_failed */
  add(raw: unknown): Promise<EngineSummary>;
  /** @throws engine_not_found, store_write_failed */
  remove(name: string): Promise<void>;
}
