/** Health as the doors see it. Separate so that routes and their tests need no machine. */
import type { HealthAlertsAnswer, HealthAnswer, HealthHistoryAnswer } from '@b3iq/wire/local-api';

export interface HistoryQuery {
  /** 1–168, up to now. */
  readonly hours: number;
  /** 10–1,440: the most steps the chart may have. */
  readonly points: number;
}

export interface Health {
  /** At most a few seconds old; shared by all who ask meanwhile. */
  now(): Promise<HealthAnswer>;
  history(query: HistoryQuery): Promise<HealthHistoryAnswer>;
  alerts(): HealthAlertsAnswer;
  /** Prometheus' text format 0.0.4. */
  metrics(): Promise<string>;
}
