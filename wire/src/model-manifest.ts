/**
 * A model manifest: what a model file is, by whose word, and where it may be fetched. The file is known by its hash.
 * Separate from what an engine reports about a loaded model: this is said, and signed, before anything is loaded.
 * What is not known is left out, never guessed. All text in it comes from strangers.
 */
import * as z from 'zod/mini';
import { issuer } from './claims.ts';
import { payloadTypeOf } from './document.ts';
import { label, modelId, sha256Hex, time, whole } from './fields.ts';
import { CAPABILITIES } from './local-api.ts';

export const MODEL_MANIFEST_TYPE = payloadTypeOf('model-manifest', 1);
export const MODEL_FORMATS = ['gguf', 'safetensors'] as const;

/** Version 1, signed by whoever publishes the model. */
export const modelManifest = {
  payloadType: MODEL_MANIFEST_TYPE,
  schema: z.strictObject({
    iss: issuer,
    iat: time,
    id: modelId,
    label: label(100),
    /** Of the whole file. */
    sha256: sha256Hex,
    size_bytes: whole(Number.MAX_SAFE_INTEGER, 1),
    /** SHA-256 of each part of `bytes` bytes, in order, the last one shorter: a wrong part is fetched again, not the file. */
    chunks: z.optional(
      z.strictObject({
        bytes: whole(1024 * 1024 * 1024, 1024 * 1024),
        sha256: z.array(sha256Hex).check(z.minLength(1), z.maxLength(65_536)),
      }),
    ),
    format: z.enum(MODEL_FORMATS),
    /** SPDX expression such as `Apache-2.0`, or `LicenseRef-…` for another licence. */
    license: z.optional(z.string().check(z.regex(/^[A-Za-z0-9(][A-Za-z0-9.+() -]{0,99}$/))),
    /** Such as `Q4_K_M`. */
    quantisation: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_.-]{1,32}$/))),
    parameters: z.optional(whole(Number.MAX_SAFE_INTEGER, 1)),
    context_tokens: z.optional(whole(100_000_000, 1)),
    capabilities: z.optional(z.array(z.enum(CAPABILITIES)).check(z.maxLength(CAPABILITIES.length))),
    /** True for the model that only proves that the machine works. */
    self_test: z.boolean(),
    /** Where the file may be fetched, best first. Trust lies in the hash, not in the address. */
    sources: z.optional(
      z
        .array(z.strictObject({ url: z.url({ protocol: /^https$/ }).check(z.maxLength(2000)) }))
        .check(z.maxLength(16)),
    ),
  }),
} as const;

export type ModelManifest = z.infer<typeof modelManifest.schema>;
