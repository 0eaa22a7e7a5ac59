/** The preview's models: one installed, one on its way, one stopped, some offered. Verbs change nothing here. */
import type {
  CatalogueAnswer,
  CatalogueModel,
  ModelFit,
  ModelLibraryAnswer,
  StickAnswer,
} from '@b3iq/wire/local-api';
import { type Routes, sendJson } from './fake-route.ts';

const memory = { bytes: 34_359_738_368, of: 'graphics' } as const;
const fit = (kind: ModelFit['kind'], reason: string): ModelFit => ({
  kind,
  reason,
  context_tokens: 8_192,
  largest_context_tokens: 40_960,
});
const GOOD = fit(
  'comfortable',
  'It needs 11.3 GB: 9.3 GB of weights, 1.3 GB for a conversation of 8,192 tokens and 680 MB to compute. 23.1 GB of 34.4 GB stay free.',
);
const AS_SERVED = fit(
  'comfortable',
  'It needs 33.2 GB: 9.3 GB of weights, 23.2 GB for 4 conversations of 24,576 tokens and 740 MB to compute. 1.2 GB of 34.4 GB stay free.',
);
const UNSIZED = fit(
  'unknown',
  'Its size is not in the catalogue: the server tells it when it is fetched, before a byte is written.',
);
const LARGE = fit('does-not-fit', 'The weights alone need 42.5 GB, and there are 34.4 GB.');
const offered = (id: string, label: string, size: number | null, how: ModelFit): CatalogueModel => ({
  id,
  label,
  size_bytes: size,
  license: size === null ? null : 'Apache-2.0',
  quantisation: 'Q4_K_M',
  context_tokens: 40_960,
  host: 'models.example',
  is_pinned: size !== null,
  state: 'available',
  fit: how,
  read_from: [],
});
const coming = {
  model: 'large',
  from: 'server',
  host: 'models.example',
  total_bytes: 19_868_969_920,
  message: null,
  is_pinned: true,
} as const;

const LIBRARY: ModelLibraryAnswer = {
  installed: [
    {
      id: 'medium',
      label: 'Medium 14B',
      sha256: 'a8'.repeat(32),
      size_bytes: 9_276_184_896,
      format: 'gguf',
      pinned_by: 'manifest',
      installed_at: '2026-11-22T10:00:00Z',
      in_use: true,
      architecture: 'qwen3',
      context_tokens: 40_960,
      fit: AS_SERVED,
      refused: null,
      served: { state: 'ready', reason: null, context_tokens: 24_576 },
      not_served: null,
    },
    {
      id: 'huge',
      label: 'Huge 70B',
      sha256: 'c9'.repeat(32),
      size_bytes: 42_520_395_648,
      format: 'gguf',
      pinned_by: 'first-download',
      installed_at: '2026-11-22T11:00:00Z',
      in_use: false,
      architecture: 'llama',
      context_tokens: 131_072,
      fit: LARGE,
      refused: null,
      served: null,
      not_served: LARGE.reason,
    },
  ],
  installs: [
    {
      ...coming,
      id: 'ins_1',
      label: 'Large 31B',
      phase: 'fetching',
      done_bytes: 7_100_000_000,
      bytes_per_second: 48_000_000,
      seconds_left: 266,
    },
    {
      ...coming,
      id: 'ins_3',
      label: 'Giant 120B',
      phase: 'fetching',
      total_bytes: 65_369_818_941,
      done_bytes: 210_000_000,
      bytes_per_second: 48_000_000,
      seconds_left: 1357,
    },
    {
      ...coming,
      id: 'ins_2',
      label: 'Other 27B',
      phase: 'failed',
      done_bytes: 12_000_000_000,
      bytes_per_second: null,
      seconds_left: null,
      message:
        'There is not enough room on the disk. What was fetched is kept. Remove a model or free some room, then resume.',
    },
  ],
  disk_free_bytes: 44_000_000_000,
  memory,
};
const CATALOGUE: CatalogueAnswer = {
  models: [
    offered('good', 'Good 14B', 9_276_184_896, GOOD),
    offered('open', 'Open 12B', null, UNSIZED),
    offered('wide', 'Wide 24B', null, UNSIZED),
    offered('huge', 'Huge 70B', 42_520_398_528, LARGE),
  ],
  memory,
  signed_by: 'development',
};

/** Plugged into the preview's appliance; a Host takes none. */
const STICK: StickAnswer = {
  state: 'present',
  models: [
    { name: 'Llama-3.3-70B-Instruct-Q4_K_M.gguf', size_bytes: 42_520_395_648, state: 'installed' },
    {
      name: 'Mistral-Small-3.2-24B-Instruct-2506-Q4_K_M.gguf',
      size_bytes: 14_333_908_832,
      state: 'available',
    },
    { name: 'embeddings/bge-m3.safetensors', size_bytes: 1_135_554_560, state: 'installing' },
  ],
  is_cut: false,
};
const NO_STICK: StickAnswer = { state: 'not-taken', models: [], is_cut: false };

export const MODEL_ROUTES: Routes = {
  'GET /api/models/library': (_machine, _body, response) => sendJson(response, 200, LIBRARY),
  'GET /api/models/catalogue': (_machine, _body, response) => sendJson(response, 200, CATALOGUE),
  'GET /api/engines': (_machine, _body, response) => sendJson(response, 200, { engines: [], offered: [] }),
  'GET /api/models/stick': ({ setup }, _body, response) =>
    sendJson(response, 200, setup.kind === 'appliance' ? STICK : NO_STICK),
  'GET /api/models/ollama': ({ setup }, _body, response) =>
    sendJson(response, 200, {
      models:
        setup.kind === 'appliance'
          ? []
          : [{ name: 'small:1b', sha256: 'ef'.repeat(32), size_bytes: 815_000_000 }],
    }),
};
