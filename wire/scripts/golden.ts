/**
 * Makes the frozen examples: `node wire/scripts/golden.ts` writes `golden/<message>.v<version>.json`.
 * Separate from the tests because both ends of the wire read them, in any language. A golden file is never changed:
 * a document that must change gets a new version and a new file. The key in it is published and signs nothing real.
 */
import { writeFileSync } from 'node:fs';
import * as wire from '../src/index.ts';

/** RFC 8032 §7.1 TEST 1. */
const SEED = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const signer = wire.seedSigner(SEED);
const publicKey = wire.publicKeyOf(SEED);
const nodeId = wire.nodeIdOf(publicKey);
const START = Date.UTC(2026, 10, 22, 8, 0, 0);
const random = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, i) => (seed * 31 + i * 7) % 256);
const signedBy = { seed: wire.bytesToHex(SEED), public_key: wire.bytesToHex(publicKey), keyid: signer.keyId };

/** Text that is right by construction, as the branded type it is; it goes through the schema when it is encoded. */
const is = <T extends string>(text: string) => text as T; // every use below is parsed before it is signed

/** Five receipts in a chain: completed, aborted, failed, estimated, and one without a first token. */
function receipts(): readonly Uint8Array[] {
  const status = ['completed', 'aborted', 'failed', 'completed', 'completed'] as const;
  const chain: Uint8Array[] = [];
  let prev = wire.NO_HASH;
  for (const [i, outcome] of status.entries()) {
    const bytes = wire.encodeDocument(wire.receipt, {
      kind: 'b3iq.receipt.v1',
      id: wire.newReceiptId(START + i * 1000, random(10, i)),
      seq: wire.formatCounter(i + 1),
      prev: prev,
      node_id: nodeId,
      endpoint: i === 4 ? '/v1/embeddings' : '/v1/chat/completions',
      model: 'b3iq-selftest',
      caller: i === 0 ? 'owner' : is<wire.KeyId>('key_0123456789abcdEF'),
      status: outcome,
      http_status: outcome === 'failed' ? 502 : 200,
      prompt_tokens: wire.formatCounter(20 + i),
      completion_tokens: wire.formatCounter(outcome === 'failed' ? 0 : 7 * i),
      token_source: outcome === 'aborted' ? 'estimated' : 'engine',
      started_at: wire.formatTime(START + i * 1000),
      duration_ms: 120 + i,
      ...(outcome === 'failed' ? {} : { first_token_ms: 30 + i }),
    });
    chain.push(bytes);
    prev = wire.sha256Of(bytes);
  }
  return chain;
}

/** A signed example: the envelope, what signed it, and the document a reader must get out of it. */
function signedExample<T>(kind: wire.DocumentKind<T>, document: T) {
  return {
    payload_type: kind.payloadType,
    signed_by: signedBy,
    envelope: wire.signDocument(kind, document, signer),
    document,
  };
}

/** File name → content of every golden file. */
export function goldenFiles(): Readonly<Record<string, unknown>> {
  const chain = receipts();
  const leaves = chain.map(wire.leafHash);
  const batch = signedExample(wire.receiptBatch, {
    iss: nodeId,
    jti: wire.newBatchId(START + 5000, random(10, 9)),
    seq: wire.formatCounter(1),
    iat: wire.formatTime(START + 5000),
    key_epoch: 0,
    first_seq: wire.formatCounter(1),
    last_seq: wire.formatCounter(chain.length),
    count: wire.formatCounter(chain.length),
    root: is<wire.Sha256Hex>(wire.bytesToHex(wire.merkleRoot(leaves))),
    head: wire.sha256Of(chain.at(-1) ?? new Uint8Array()),
    prev: wire.NO_HASH,
  });
  return {
    'receipt.v1': chain.map((bytes, i) => ({
      receipt: wire.utf8ToText(bytes),
      sha256: wire.sha256Of(bytes),
      leaf: wire.bytesToHex(leaves[i] ?? new Uint8Array()),
    })),
    'receipt-batch.v1': batch,
    'receipt-proof.v1': {
      receipt: wire.utf8ToText(chain[2] ?? new Uint8Array()),
      leaf: wire.bytesToHex(leaves[2] ?? new Uint8Array()),
      path: wire.merklePath(leaves, 2).map(({ hash, left }) => ({ hash: wire.bytesToHex(hash), left })),
      batch: batch.envelope,
      public_key: signedBy.public_key,
    },
    'model-manifest.v1': signedExample(wire.modelManifest, {
      iss: 'registry',
      iat: wire.formatTime(START),
      id: is<wire.ModelId>('example-7b-instruct:q4_k_m'),
      label: 'Example 7B Instruct',
      sha256: wire.sha256Of(Buffer.from('an example model')),
      size_bytes: 4_368_439_584,
      format: 'gguf',
      license: 'Apache-2.0',
      quantisation: 'Q4_K_M',
      parameters: 7_241_732_096,
      context_tokens: 32_768,
      capabilities: ['chat', 'completions', 'tools', 'json_schema'],
      self_test: false,
      sources: [{ url: 'https://models.example.com/example-7b-instruct.Q4_K_M.gguf' }],
    }),
    'benchmark.v1': signedExample(wire.benchmark, {
      iss: nodeId,
      jti: wire.newBenchmarkId(START, random(10, 5)),
      iat: wire.formatTime(START + 600_000),
      key_epoch: 0,
      self_reported: true,
      measured_at: wire.formatTime(START),
      software: { version: '0.1.0', kind: 'host' },
      machine: {
        processor: 'Example Processor 9000',
        memory_bytes: 68_719_476_736,
        graphics: [{ name: 'Example Graphics 32', memory_bytes: 34_359_738_368 }],
      },
      model: {
        id: 'example-7b-instruct:q4_k_m',
        label: 'Example 7B Instruct',
        size_bytes: 4_368_439_584,
        context_tokens: 32_768,
        self_test: false,
      },
      rounds: 3,
      disturbed: false,
      decode_tokens_per_second: 54.2,
      prefill_tokens_per_second: 1_810.5,
      first_token_ms: 212.4,
      concurrency: [
        { streams: 1, tokens_per_second: 54.2, first_token_ms: 212.4 },
        { streams: 2, tokens_per_second: 96, first_token_ms: 251 },
      ],
      temperature_c: 71,
      power_w: 288.5,
    }),
    'support-grant.v1': signedExample(wire.supportGrant, {
      iss: nodeId,
      aud: { node_id: nodeId, claim_epoch: wire.newClaimEpoch(random(16, 3)) },
      jti: wire.newGrantId(START, random(10, 4)),
      seq: wire.formatCounter(1),
      iat: wire.formatTime(START),
      exp: wire.formatTime(START + 86_400_000),
      key_epoch: 0,
      scope: 'diagnostics',
      token_sha256: wire.sha256Of(Buffer.from('b3iq_support_example')),
    }),
    'update-manifest.v1': signedExample(wire.updateManifest, {
      iss: 'release',
      iat: wire.formatTime(START),
      image_id: 'b3iq',
      architecture: 'x86-64',
      variant: 'standard',
      version: 12,
      minimum_version: 9,
      support_until: '2031-11-30',
      notes: 'Starts faster.\nKnows two more Wi-Fi adapters.',
      artefacts: {
        root: {
          file: 'b3iq_12.root.zst',
          size_bytes: 251_658_240,
          sha256: wire.sha256Of(Buffer.from('a compressed root')),
          compression: 'zstd',
          content_size_bytes: 1_073_741_824,
          content_sha256: wire.sha256Of(Buffer.from('a root')),
          partition_uuid: '8f4b1c2e-7a90-4d35-b6e1-0c9a5d7f3b28',
        },
        root_verity: {
          file: 'b3iq_12.root-verity.zst',
          size_bytes: 2_306_867,
          sha256: wire.sha256Of(Buffer.from('a compressed tree')),
          compression: 'zstd',
          content_size_bytes: 67_108_864,
          content_sha256: wire.sha256Of(Buffer.from('a tree')),
          partition_uuid: '1d6e9f03-52c8-4b7a-9e14-a7f0b3d2c561',
        },
        uki: {
          file: 'b3iq_12.efi',
          size_bytes: 55_259_136,
          sha256: wire.sha256Of(Buffer.from('a kernel image')),
          compression: 'none',
          content_size_bytes: 55_259_136,
          content_sha256: wire.sha256Of(Buffer.from('a kernel image')),
        },
      },
    }),
  };
}

/** Exactly what the file holds. */
export const goldenText = (content: unknown): string => `${JSON.stringify(content, null, 2)}\n`;

if (import.meta.main)
  for (const [name, content] of Object.entries(goldenFiles()))
    writeFileSync(new URL(`../golden/${name}.json`, import.meta.url), goldenText(content));
