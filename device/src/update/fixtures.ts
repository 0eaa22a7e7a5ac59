/** Manifests, machines and readings for tests of this feature. */
import { formatTime, type Sha256Hex, type UpdateManifest } from '@b3iq/wire';
import type { Reading } from './port.ts';
import type { MachineFacts, RunningSystem } from './types.ts';

const HASH = 'a'.repeat(64) as Sha256Hex; // 64 hex characters

/** A manifest of version 2 for the machine below; `change` replaces members. */
export function manifestOf(change: Partial<UpdateManifest> = {}): UpdateManifest {
  const part = {
    size_bytes: 100,
    sha256: HASH,
    compression: 'zstd',
    content_size_bytes: 1_000,
    content_sha256: HASH,
  } as const;
  return {
    iss: 'release',
    iat: formatTime(Date.UTC(2026, 10, 20)),
    image_id: 'b3iq',
    architecture: 'x86-64',
    variant: 'standard',
    version: 2,
    minimum_version: 1,
    support_until: '2031-11-30',
    notes: 'Starts faster.',
    artefacts: {
      root: { ...part, file: 'root.zst', partition_uuid: '8f4b1c2e-7a90-4d35-b6e1-0c9a5d7f3b28' },
      root_verity: { ...part, file: 'tree.zst', partition_uuid: '1d6e9f03-52c8-4b7a-9e14-a7f0b3d2c561' },
      uki: { ...part, file: 'kernel.efi' },
    },
    ...change,
  };
}

export const runningSystem: RunningSystem = {
  version: 1,
  imageId: 'b3iq',
  architecture: 'x86-64',
  variant: 'standard',
  releasedAt: '2026-11-01T00:00:00Z',
  supportUntil: '2031-11-30',
};

export function machineOf(change: Partial<MachineFacts> = {}): MachineFacts {
  return { running: runningSystem, onTrial: false, failed: [], floor: 1, ...change };
}

/** A machine that runs version 1 and knows of nothing else. */
export function readingOf(change: Partial<Reading> = {}): Reading {
  return {
    running: runningSystem,
    facts: {
      onTrial: false,
      triesLeft: undefined,
      entries: [{ version: 1, triesLeft: undefined }],
      record: { pending: undefined, floor: 1, failed: [], last: undefined },
    },
    offers: [],
    fetching: undefined,
    writing: undefined,
    lookEnded: undefined,
    fetchEnded: undefined,
    uptimeS: 1_000,
    sourceUrl: 'https://updates.example.com/',
    ...change,
  };
}
