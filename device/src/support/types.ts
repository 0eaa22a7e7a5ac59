/** What a support bundle is made of, before it is chosen from. Pure data. */
import type {
  HardwareScan,
  HealthAlertsAnswer,
  HealthAnswer,
  HealthHistoryAnswer,
  VerifyAnswer,
} from '@b3iq/wire/local-api';
import type { MachineKind } from '../errors.ts';
import type { RecentLine } from './recent-log.ts';

/** The switches and limits a bundle tells: numbers, yes and no, words of ours. */
export interface ConfigurationFacts {
  readonly listens: 'loopback' | 'network';
  readonly engine: string;
  readonly log_level: string | null;
  readonly has_own_model: boolean;
  readonly model_context_tokens: number;
  readonly engine_slots: number;
  readonly engine_threads: number;
  readonly max_body_bytes: number;
  readonly queue_length: number;
  readonly queue_wait_ms: number;
  readonly simulated_radio: boolean;
  readonly announce: boolean;
  readonly has_otlp_endpoint: boolean;
  readonly extra_host_names: number;
}

export interface SupportFacts {
  readonly versions: {
    readonly b3iq: string;
    readonly node: string;
    readonly system: string;
    readonly systemRelease: string;
    readonly architecture: string;
    readonly kind: MachineKind;
    readonly nodeId: string | null;
    readonly uptimeS: number;
    /** RFC 3339 UTC. */
    readonly madeAt: string;
  };
  readonly inventory: {
    readonly processor: { readonly model: string; readonly cores: number } | undefined;
  };
  readonly configuration: ConfigurationFacts;
  readonly hardware: HardwareScan;
  /** Undefined when the chain could not be read. */
  readonly receipts: VerifyAnswer | undefined;
  readonly keysActive: number;
  readonly now: HealthAnswer;
  readonly week: HealthHistoryAnswer;
  readonly alerts: HealthAlertsAnswer;
  readonly log: readonly RecentLine[];
}
