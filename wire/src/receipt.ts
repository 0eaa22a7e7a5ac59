/**
 * A receipt: what one call used, and its place in the machine's chain. Never a prompt, never an output.
 * Separate from the batch because a receipt is not signed by itself: it is a leaf under a signed root, and therefore
 * names its own kind and version.
 */
import * as z from 'zod/mini';
import { counter, keyId, label, nodeId, receiptId, sha256Hex, time, whole } from './fields.ts';
import type { ReceiptSummary } from './local-api.ts';

/** 24 h: no call runs longer. */
const MAX_MS = 86_400_000;

/** As lists show it; written out here so that a page that verifies does not carry every request's schema with it. */
const STATUSES = ['completed', 'aborted', 'failed'] as const satisfies readonly ReceiptSummary['status'][];

/** Version 1. The leaf is the hash of the exact bytes; the chain is SHA-256 over the same bytes. */
export const receipt = {
  schema: z.strictObject({
    kind: z.literal('b3iq.receipt.v1'),
    id: receiptId,
    /** Place in the chain: 1 for the machine's first receipt, then one more each. */
    seq: counter,
    /** SHA-256 of the previous receipt's bytes; 64 zeros in the first. */
    prev: sha256Hex,
    node_id: nodeId,
    /** Path such as `/v1/chat/completions`. */
    endpoint: z.string().check(z.regex(/^\/[a-z0-9/_-]{1,63}$/)),
    model: label(200),
    /** The local key's id, or `owner` for the dashboard's playground. */
    caller: z.union([keyId, z.literal('owner')]),
    status: z.enum(STATUSES),
    /** What the client got; 0 when it left before any. */
    http_status: whole(599),
    prompt_tokens: counter,
    completion_tokens: counter,
    /** `engine` when the engine counted, `estimated` when the agent had to. */
    token_source: z.enum(['engine', 'estimated']),
    started_at: time,
    duration_ms: whole(MAX_MS),
    /** From arrival to the first byte of the answer's body; left out when there was none. */
    first_token_ms: z.optional(whole(MAX_MS)),
  }),
} as const;

export type Receipt = z.infer<typeof receipt.schema>;
