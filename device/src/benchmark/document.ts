/** A run as a signed document that its owner takes elsewhere. Separate because only here does it meet the machine's key. */
import {
  type BenchmarkRun,
  benchmark,
  type Envelope,
  formatTime,
  parseBenchmarkId,
  signDocument,
} from '@b3iq/wire';
import { nodeSigner } from '@b3iq/wire/sign-node';
import { CodedError, type MachineKind } from '../errors.ts';
import type { Identity } from '../identity/port.ts';

export interface MachineFacts {
  readonly processor: string | undefined;
  readonly memoryBytes: number;
  readonly graphics: readonly { readonly name: string; readonly memoryBytes: number | undefined }[];
}

/** @throws benchmark_not_found when the run is not one of ours */
export function signedBenchmark(
  run: BenchmarkRun,
  about: {
    readonly identity: Pick<Identity, 'nodeId' | 'keyEpoch' | 'privateKey'>;
    readonly machine: MachineFacts;
    readonly kind: MachineKind;
    /** Unix ms. */
    readonly nowMs: number;
  },
): Envelope {
  const { identity, machine, kind, nowMs } = about;
  const jti = parseBenchmarkId(run.id);
  if (jti === undefined) throw new CodedError('benchmark_not_found');
  const processor = shown(machine.processor ?? '');
  return signDocument(
    benchmark,
    {
      iss: identity.nodeId,
      jti,
      iat: formatTime(Math.floor(nowMs)),
      key_epoch: identity.keyEpoch,
      self_reported: true,
      measured_at: formatTime(Date.parse(run.at)),
      software: { version: run.version, kind },
      machine: {
        ...(processor === '' ? {} : { processor }),
        memory_bytes: Math.round(machine.memoryBytes),
        graphics: machine.graphics.slice(0, 16).map(({ name, memoryBytes }) => ({
          name: shown(name) || 'unknown',
          ...(memoryBytes === undefined ? {} : { memory_bytes: Math.round(memoryBytes) }),
        })),
      },
      model: {
        id: shown(run.model) || 'unknown',
        label: shown(run.label) || 'unknown',
        size_bytes: run.size_bytes,
        context_tokens: run.context_tokens,
        self_test: run.self_test,
      },
      rounds: run.rounds,
      disturbed: run.disturbed,
      decode_tokens_per_second: run.decode_tokens_per_second,
      prefill_tokens_per_second: run.prefill_tokens_per_second,
      first_token_ms: run.first_token_ms,
      concurrency: [...run.concurrency],
      ...(run.temperature_c === null ? {} : { temperature_c: run.temperature_c }),
      ...(run.power_w === null ? {} : { power_w: run.power_w }),
    },
    nodeSigner(identity.privateKey),
  );
}

/** Names come from firmware and file names: what no document may hold is left out. */
function shown(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .trim()
    .slice(0, 200)
    .trim();
}
