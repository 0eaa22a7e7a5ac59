/** What the owner's list of engines elsewhere asks. Separate so that no other page carries it. */
import type { EngineSummary, EnginesAnswer, NewEngineRequest } from '@b3iq/wire/local-api';
import { type Answer, call } from './call.ts';

export const readEngines = (): Promise<Answer<EnginesAnswer>> => call('GET', '/api/engines');
/** Answers once the engine was looked at, or after ten seconds. */
export const addEngine = (request: NewEngineRequest): Promise<Answer<EngineSummary>> =>
  call('POST', '/api/engines', request);
export const removeEngine = (name: string): Promise<Answer<{ readonly name: string }>> =>
  call('DELETE', `/api/engines/${encodeURIComponent(name)}`);
