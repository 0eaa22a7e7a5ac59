/**
 * `/api/health*`: what the machine measures of itself, what it remembers for seven days, and what it warns of.
 * Separate because pages draw it and people read it, and nothing else of the API depends on it.
 * `null` is always "could not be read": never zero, and pages show it as not readable.
 */

/** Why a processor runs slower than it could. `power-limit` is how a busy card holds its budget: no fault. */
export type ThrottleCause = 'heat' | 'power-supply' | 'power-limit';

/** A graphics card now. Names come from firmware and are printable, at most 80 characters. */
export interface GpuHealth {
  /** Its PCI address, such as `0000:03:00.0`; stable as long as it stays in its slot. */
  readonly id: string;
  readonly vendor: 'amd' | 'intel' | 'nvidia';
  readonly name: string;
  /** Kernel driver, such as `amdgpu`. */
  readonly driver: string | null;
  readonly memory_total_bytes: number | null;
  readonly memory_used_bytes: number | null;
  /** 0–100. */
  readonly busy_percent: number | null;
  readonly clock_mhz: number | null;
  readonly temperature_c: number | null;
  /** The hottest point of the chip, where the maker tells it. */
  readonly hotspot_c: number | null;
  /** Where the maker calls the hottest reading critical. */
  readonly critical_c: number | null;
  readonly power_w: number | null;
  readonly power_limit_w: number | null;
  /** Empty: runs as fast as it is asked to. */
  readonly throttled: readonly ThrottleCause[] | null;
}

/** `GET /api/health` (owner): the machine now, at most a few seconds old. */
export interface HealthAnswer {
  readonly at: string;
  readonly cpu: {
    readonly temperature_c: number | null;
    readonly critical_c: number | null;
    /** 0–100, all cores together. */
    readonly load_percent: number | null;
  };
  readonly memory: { readonly used_bytes: number | null; readonly total_bytes: number | null };
  /** The disk that holds settings, receipts and models. `days_left` only when it fills steadily. */
  readonly disk: {
    readonly free_bytes: number | null;
    readonly total_bytes: number | null;
    readonly days_left: number | null;
  };
  /** `null`: graphics cards could not be looked up; empty: there are none. */
  readonly gpus: readonly GpuHealth[] | null;
  readonly engines: readonly EngineHealth[];
  readonly traffic: {
    readonly active_requests: number;
    readonly queued_requests: number;
    /** Over the last minute that had any; `null` before the first answer. */
    readonly tokens_per_second: number | null;
    readonly first_token_ms: number | null;
  };
}
export interface EngineHealth {
  /** Its own among all engines; several may serve one model. */
  readonly engine: string;
  readonly model: string;
  readonly state: 'stopped' | 'starting' | 'ready' | 'restarting' | 'failed';
  /** Since the agent started. */
  readonly restarts: number;
}

/** What a chart can draw. A rate is per minute, `*_requests` the most at once; `gpu_*` there is once for each card. */
export type HealthSeriesId =
  | 'cpu_temperature_c'
  | 'cpu_load_percent'
  | 'memory_used_bytes'
  | 'disk_free_bytes'
  | 'requests_per_minute'
  | 'failed_requests_per_minute'
  | 'prompt_tokens_per_minute'
  | 'completion_tokens_per_minute'
  | 'tokens_per_second'
  | 'first_token_ms'
  | 'active_requests'
  | 'queued_requests'
  | 'gpu_temperature_c'
  | 'gpu_hotspot_c'
  | 'gpu_power_w'
  | 'gpu_busy_percent'
  | 'gpu_memory_used_bytes'
  | 'gpu_throttled_by_heat';

/** One line of a chart: a value for each step from `from` on. `null` where nothing was recorded or readable. */
export interface HealthSeries {
  readonly id: HealthSeriesId;
  /** The card's PCI address; `null` for the machine's own series. */
  readonly gpu: string | null;
  readonly mean: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}
/** `GET /api/health/history?hours=&points=` (owner): `hours` 1–168, default 24; `points` 10–1,440, default 240. */
export interface HealthHistoryAnswer {
  readonly from: string;
  readonly to: string;
  /** Whole minutes, in seconds. */
  readonly step_s: number;
  readonly series: readonly HealthSeries[];
}

export type HealthAlertKind =
  | 'overheating'
  | 'throttling'
  | 'disk-filling'
  | 'engine-flapping'
  | 'engine-failed'
  | 'clock-wrong';

/** A warning in three plain sentences or short groups of them: what happened, what it means, what to do. */
export interface HealthAlert {
  /** The kind and its part, such as `overheating:0000:03:00.0`; one alert stands for as long as its cause does. */
  readonly id: string;
  readonly kind: HealthAlertKind;
  readonly severity: 'warning' | 'critical';
  readonly title: string;
  readonly meaning: string;
  readonly action: string;
  readonly raised_at: string;
  /** `null` while it stands. */
  readonly gone_at: string | null;
  /** How often it came back within an hour of going, the first time included. */
  readonly times: number;
}
/** `GET /api/health/alerts` (owner): standing ones first, then those gone within a day, newest first. At most 50. */
export interface HealthAlertsAnswer {
  readonly alerts: readonly HealthAlert[];
}
