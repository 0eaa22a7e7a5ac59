/** What is looked up now and then. Separate from daily work, whose page carries none of it. */
import type {
  BundleContentsAnswer,
  GrantSummary,
  GrantsAnswer,
  HealthAlertsAnswer,
  HealthAnswer,
  HealthHistoryAnswer,
  NewGrantAnswer,
  NewGrantRequest,
  UsageAnswer,
} from '@b3iq/wire/local-api';
import { type Answer, call } from './call.ts';

/** @param from  first day, `2026-11-01`, UTC     @param to  last day, included */
export const readUsage = (from: string, to: string): Promise<Answer<UsageAnswer>> =>
  call('GET', usagePath(from, to));
/** Address of the same as a CSV file. */
export const usageCsvPath = (from: string, to: string): string => `${usagePath(from, to)}&format=csv`;

const usagePath = (from: string, to: string): string => `/api/usage?from=${from}&to=${to}`;

/** What a support bundle would hold. */
export const readBundleContents = (): Promise<Answer<BundleContentsAnswer>> =>
  call('GET', '/api/support/contents');
/** The bundle itself, as a file. */
export const BUNDLE_PATH = '/api/support/bundle';
/** Who was let look. */
export const readGrants = (): Promise<Answer<GrantsAnswer>> => call('GET', '/api/support/grants');
/** Makes a grant; its token is in this answer and nowhere else. */
export const createGrant = (request: NewGrantRequest): Promise<Answer<NewGrantAnswer>> =>
  call('POST', '/api/support/grants', request);
/** Ends a grant with effect on its next request. */
export const revokeGrant = (id: string): Promise<Answer<GrantSummary>> =>
  call('DELETE', `/api/support/grants/${encodeURIComponent(id)}`);

/** The machine now. */
export const readHealth = (): Promise<Answer<HealthAnswer>> => call('GET', '/api/health');
/** Readings over time, in at most 240 steps. @param hours  1–168, up to now */
export const readHistory = (hours: number): Promise<Answer<HealthHistoryAnswer>> =>
  call('GET', `/api/health/history?hours=${hours}&points=240`);
/** Warnings that stand, then those gone within a day. */
export const readAlerts = (): Promise<Answer<HealthAlertsAnswer>> => call('GET', '/api/health/alerts');
