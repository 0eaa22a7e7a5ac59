/** Calls and a machine made up for tests. Separate from `contract.ts` so that a child process needs no test runner. */
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { newReceiptId, nodeIdOf } from '@b3iq/wire';
import { rawPublicKey } from '@b3iq/wire/sign-node';
import type { CallRecord } from './types.ts';

export interface TestIdentity {
  readonly nodeId: string;
  readonly keyEpoch: number;
  readonly privateKey: KeyObject;
  readonly publicKey: Uint8Array;
}

/** A machine's key made for one test. */
export function testIdentity(): TestIdentity {
  const { privateKey } = generateKeyPairSync('ed25519');
  const publicKey = rawPublicKey(privateKey);
  return { nodeId: nodeIdOf(publicKey), keyEpoch: 1, privateKey, publicKey };
}

export const KEY_A = 'key_Ab3dEf6hIj9kLm2n';
export const KEY_B = 'key_Ab3dEf6hIj9kLm2o';

/** A finished call; every field may be said otherwise. */
export function testCall(rest: Partial<CallRecord> = {}): CallRecord {
  const startedAtMs = rest.startedAtMs ?? Date.UTC(2026, 0, 1);
  return {
    id: newReceiptId(startedAtMs, randomBytes(10)),
    endpoint: '/v1/chat/completions',
    model: 'b3iq-selftest',
    caller: KEY_A,
    status: 'completed',
    httpStatus: 200,
    promptTokens: 12,
    completionTokens: 30,
    tokenSource: 'engine',
    startedAtMs,
    durationMs: 250,
    firstTokenMs: 20,
    ...rest,
  };
}
