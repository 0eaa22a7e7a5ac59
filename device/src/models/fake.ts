/** Models of a machine without a disk: one installed, one on its way. For tests of the doors; verbs are remembered only. */
import type { InstalledModel, ModelInstall } from '@b3iq/wire/local-api';
import type { Models } from './port.ts';

const installed: InstalledModel = {
  id: 'small',
  label: 'Small',
  sha256: 'ab'.repeat(32),
  size_bytes: 2_200_000_000,
  format: 'gguf',
  pinned_by: 'manifest',
  installed_at: '2026-11-22T10:00:00.000Z',
  in_use: false,
  architecture: 'llama',
  context_tokens: 8_192,
  fit: { kind: 'comfortable', reason: 'It fits.', context_tokens: 8_192, largest_context_tokens: 8_192 },
  refused: null,
  served: { state: 'idle', reason: null, context_tokens: 8_192 },
  not_served: null,
};
const install: ModelInstall = {
  id: 'ins_0123456789abcdef',
  model: 'large',
  label: 'Large',
  from: 'server',
  host: 'models.example',
  phase: 'fetching',
  done_bytes: 1_000_000_000,
  total_bytes: 4_000_000_000,
  bytes_per_second: 10_000_000,
  seconds_left: 300,
  message: null,
  is_pinned: false,
};

export function fakeModels(): Models & { readonly heard: (readonly unknown[])[] } {
  const heard: (readonly unknown[])[] = [];
  const note =
    (verb: string) =>
    async (...told: readonly unknown[]) =>
      void heard.push([verb, ...told]);
  return {
    heard,
    library: async () => ({
      installed: [installed],
      installs: [install],
      disk_free_bytes: 10 ** 11,
      memory: { bytes: 2 ** 34, of: 'machine' },
    }),
    ollama: async () => ({ models: [] }),
    stick: async () => ({ state: 'absent', models: [], is_cut: false }),
    catalogue: async () => ({
      models: [],
      memory: { bytes: 2 ** 34, of: 'machine' },
      signed_by: 'development',
    }),
    async install(request) {
      heard.push(['install', request]);
      return install;
    },
    act: note('act'),
    remove: note('remove'),
    restore: note('restore'),
  };
}
