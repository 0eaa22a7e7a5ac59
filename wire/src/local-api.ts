/**
 * What the machine's pages, the command line and the agent say to one another over `/api`.
 * Separate from the signed documents: nothing here is signed or kept, and both ends ship together.
 * Times are RFC 3339 UTC, durations carry their unit, counters are plain numbers below 2^53.
 * Here is what every machine answers; the parts that only some have, and health, are next door.
 */
import { z } from 'zod';

export * from './local-api/appliance.ts';
export * from './local-api/benchmark.ts';
export * from './local-api/engines.ts';
export * from './local-api/health.ts';
export * from './local-api/keys.ts';
export * from './local-api/models.ts';
export * from './local-api/networks.ts';
export * from './local-api/origins.ts';
export * from './local-api/support.ts';
export * from './local-api/usage.ts';

/**
 * The life of a machine as its pages tell it. `claimed-recovering`: the wizard is behind its owner and the setup network is
 * open again, because the network is lost; in the rest of the wizard the state is `claimed`, though that network is open too
 * (which is why the firewall has words of its own). `identity-*` are named faults with a recovery.
 */
export const NODE_STATES = [
  'unclaimed',
  'claimed',
  'claimed-recovering',
  'identity-lost',
  'identity-corrupt',
] as const;
export type NodeState = (typeof NODE_STATES)[number];

/** Wizard steps in order; `done` is the dashboard. */
export const SETUP_STEPS = ['welcome', 'claim', 'network', 'first-answer', 'endpoint', 'done'] as const;
export type SetupStep = (typeof SETUP_STEPS)[number];

/** Native error object, everywhere but under `/v1` (contract: Errors). */
export interface Problem {
  readonly error: {
    readonly status: number;
    readonly title: string;
    readonly detail: string;
    readonly code: string;
  };
}

/** `GET /health`: anyone, nothing else in it. */
export interface Health {
  readonly status: 'ok';
  readonly version: string;
  readonly state: NodeState;
}

/** One line of the hardware scan; `ok: false` carries a sentence that says what it means and what to do. */
export interface HardwareCheck {
  readonly id: 'processor' | 'memory' | 'disk' | 'graphics' | 'clock' | 'engine';
  readonly ok: boolean;
  readonly label: string;
  readonly value: string;
  readonly advice?: string;
}
export interface HardwareScan {
  readonly passed: boolean;
  readonly checks: readonly HardwareCheck[];
}

/** `idle`: not loaded; the next request loads it. */
export const ENGINE_STATES = ['stopped', 'idle', 'starting', 'ready', 'restarting', 'failed'] as const;
export type EngineStateName = (typeof ENGINE_STATES)[number];

export const CAPABILITIES = [
  'chat',
  'completions',
  'embeddings',
  'tools',
  'json_schema',
  'logprobs',
  /** OpenAI’s Responses and Anthropic’s Messages: shapes an engine speaks, or does not. */
  'responses',
  'messages',
  /** Pictures in a conversation. */
  'vision',
  'rerank',
  'images',
  'transcriptions',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** A model as the owner sees it. `self_test` models are labelled so wherever they appear. */
export interface ModelSummary {
  readonly id: string;
  readonly label: string;
  readonly self_test: boolean;
  /** 0 when somebody else’s engine does not say; `size_bytes` too. */
  readonly context_tokens: number;
  readonly size_bytes: number;
  readonly state: EngineStateName;
  /** One plain sentence when `state` is `restarting` or `failed`. */
  readonly reason?: string;
  readonly capabilities: readonly Capability[];
  /** Name or address of another computer that answers for it: prompts go there. */
  readonly elsewhere?: string;
}

/** `GET /api/setup/state`: anyone who can reach the page; nothing secret. */
export interface SetupState {
  readonly name: string;
  readonly node_id: string;
  readonly kind: 'host' | 'appliance';
  readonly state: NodeState;
  readonly step: SetupStep;
  /** What the claim page asks for: the label's 8 characters, or the token in the printed link. */
  readonly secret_kind: 'label' | 'token';
  readonly tries_left: number;
  /** Seconds until the next try is accepted; 0 when not locked. */
  readonly locked_for_s: number;
  readonly network_step: boolean;
  readonly signed_in: boolean;
  readonly hardware: HardwareScan;
  readonly model: ModelSummary | null;
  /** Plain sentence about a repair made at start, such as settings restored from the last good copy. */
  readonly notice: string | null;
}

/** Owner names: 1–64 characters, no control characters. Passwords: 10–256 characters, any. */
export const ownerName = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Cf}]+$/u);
export const ownerPassword = z.string().min(10).max(256);

/** `POST /api/setup/claim` → 201 `ClaimAnswer` and the session cookie. */
export const claimRequest = z.strictObject({
  secret: z.string().min(1).max(128),
  owner: z.strictObject({ name: ownerName, password: ownerPassword }),
});
export type ClaimRequest = z.infer<typeof claimRequest>;
export interface ClaimAnswer {
  readonly owner: { readonly name: string };
  /** Shown once: sets a new password when the old one is lost. */
  readonly recovery_code: string;
}

/** `POST /api/session` → 200 `SessionAnswer` and the cookie. */
export const signInRequest = z.strictObject({
  name: z.string().min(1).max(64),
  password: z.string().min(1).max(256),
});
export type SignInRequest = z.infer<typeof signInRequest>;
export interface SessionAnswer {
  readonly owner: { readonly name: string };
}
/** `POST /api/session/recovery-link` (unix socket only) → 200: a fresh recovery code in a link; the old code dies. */
export interface RecoveryLinkAnswer {
  /** Such as `http://127.0.0.1:8831/sign-in/#recovery=…`. */
  readonly url: string;
}
/** `POST /api/session/recover` → 200 `ClaimAnswer`, every older session ended. */
export const recoverRequest = z.strictObject({
  recovery_code: z.string().min(1).max(64),
  new_password: ownerPassword,
});
export type RecoverRequest = z.infer<typeof recoverRequest>;
/** `POST /api/owner/recovery-code` → 200 `ClaimAnswer`: a fresh code, the old one dead. */
export const newRecoveryCodeRequest = z.strictObject({ password: z.string().min(1).max(256) });
/** `POST /api/owner/password` → 204; every other session ended. */
export const changePasswordRequest = z.strictObject({
  password: z.string().min(1).max(256),
  new_password: ownerPassword,
});

/** `POST /api/setup/progress` (owner) → 200 `SetupState`. Going back is allowed, skipping claim is not. */
export const progressRequest = z.strictObject({ step: z.enum(SETUP_STEPS) });
export type ProgressRequest = z.infer<typeof progressRequest>;

/** `POST /api/setup/token` (unix socket only) → 200: a fresh setup token; older ones die. */
export interface SetupTokenAnswer {
  readonly token: string;
  readonly url: string;
  readonly expires_in_s: number;
}

export interface ModelsAnswer {
  readonly models: readonly ModelSummary[];
}

export const RECEIPT_STATUSES = ['completed', 'aborted', 'failed'] as const;
/** A receipt as a list shows it; the signed bytes come from `GET /api/receipts/{id}`. */
export interface ReceiptSummary {
  readonly id: string;
  readonly seq: number;
  readonly at: string;
  readonly endpoint: string;
  readonly model: string;
  readonly caller: string;
  readonly status: (typeof RECEIPT_STATUSES)[number];
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly token_source: 'engine' | 'estimated';
  readonly duration_ms: number;
  readonly hash: string;
}
export interface ReceiptsAnswer {
  readonly receipts: readonly ReceiptSummary[];
  readonly total: number;
  /** Pass as `?before=` for the next page; `null` at the end. */
  readonly next_before: number | null;
  /** Nothing can be added to this ledger, so no answer is given until it was set aside. */
  readonly damaged: boolean;
}
/** `GET /api/receipts/{id}`: enough to verify this one receipt with nothing but the node's public key. */
export interface ReceiptProof {
  /** The receipt's exact bytes as text; its hash is the leaf. */
  readonly receipt: string;
  readonly leaf: string;
  /** Sibling hashes from leaf to root, hex; `left` says on which side the sibling stands. */
  readonly path: readonly { readonly hash: string; readonly left: boolean }[];
  /** DSSE envelope of the `receipt-batch` whose root this leads to. */
  readonly batch: unknown;
  readonly public_key: string;
}
/** `POST /api/receipts/verify` → 200. */
/** `POST /api/receipts/set-aside` (owner): a damaged ledger was put away, and a new one has begun. */
export interface SetAsideAnswer {
  /** Name of the file that is kept beside the new one. */
  readonly kept_as: string;
}

export interface VerifyAnswer {
  readonly ok: boolean;
  readonly receipts: number;
  readonly batches: number;
  readonly head: string | null;
  readonly first_break: { readonly seq: number; readonly reason: string } | null;
}

/** `GET /api/status` (owner or unix socket); also sent as SSE `status` events on `GET /api/events`. */
export interface StatusAnswer {
  readonly name: string;
  readonly node_id: string;
  readonly version: string;
  readonly kind: 'host' | 'appliance';
  readonly state: NodeState;
  readonly mode: 'local';
  readonly owner: string | null;
  readonly uptime_s: number;
  readonly endpoint: string;
  readonly models: readonly ModelSummary[];
  readonly active_requests: number;
  readonly queued_requests: number;
  readonly receipts_total: number;
  readonly last_receipt_at: string | null;
  readonly keys_active: number;
  /** Tokens per second of the last finished answers, newest last, at most 60. */
  readonly recent_speeds: readonly number[];
  readonly memory_used_bytes: number;
  readonly memory_total_bytes: number;
  readonly hardware: HardwareScan;
  readonly notice: string | null;
  /** Another machine on this network answers to the same short name. */
  readonly name_clash: boolean;
  /** Host, and port, of the owner's collector that gets counts of calls, never prompts; `null` when none is named. */
  readonly counts_to: string | null;
  /** Warnings that stand now; `GET /api/health/alerts` tells them. */
  readonly alerts_open: number;
}
