/** Puts `GET /api/status` together from what each part knows. Separate so that no part needs to know another. */
import type { HardwareScan, ModelSummary, NodeState, StatusAnswer } from '@b3iq/wire/local-api';

/** Where each fact comes from; called anew for each answer. */
export interface StatusSources {
  readonly name: string;
  readonly nodeId: string;
  readonly version: string;
  readonly kind: StatusAnswer['kind'];
  /** Such as `http://127.0.0.1:8831/v1`. */
  readonly endpoint: string;
  readonly state: () => NodeState;
  readonly owner: () => string | null;
  readonly uptimeS: () => number;
  readonly models: () => readonly ModelSummary[];
  readonly requests: () => { readonly active: number; readonly queued: number };
  readonly receipts: () => Promise<{ readonly count: number; readonly lastAtMs: number | undefined }>;
  readonly keysActive: () => number;
  /** Tokens a second of the last finished answers, newest last. */
  readonly recentSpeeds: () => readonly number[];
  readonly memory: () => { readonly usedBytes: number; readonly totalBytes: number };
  readonly hardware: () => Promise<HardwareScan>;
  readonly notice: () => string | null;
  readonly nameClash: () => boolean;
  readonly countsTo: string | undefined;
  readonly openAlerts: () => number;
}

/** Speeds sent at most. */
const MAX_SPEEDS = 60;

/** The status as of now. @throws ledger_unavailable when the receipts cannot be counted */
export async function readStatus(from: StatusSources): Promise<StatusAnswer> {
  const [receipts, hardware] = await Promise.all([from.receipts(), from.hardware()]);
  const requests = from.requests();
  const memory = from.memory();
  return {
    name: from.name,
    node_id: from.nodeId,
    version: from.version,
    kind: from.kind,
    state: from.state(),
    mode: 'local',
    owner: from.owner(),
    uptime_s: Math.floor(from.uptimeS()),
    endpoint: from.endpoint,
    models: from.models(),
    active_requests: requests.active,
    queued_requests: requests.queued,
    receipts_total: receipts.count,
    last_receipt_at: receipts.lastAtMs === undefined ? null : new Date(receipts.lastAtMs).toISOString(),
    keys_active: from.keysActive(),
    recent_speeds: from.recentSpeeds().slice(-MAX_SPEEDS),
    memory_used_bytes: memory.usedBytes,
    memory_total_bytes: memory.totalBytes,
    hardware,
    notice: from.notice(),
    name_clash: from.nameClash(),
    counts_to: from.countsTo ?? null,
    alerts_open: from.openAlerts(),
  };
}
