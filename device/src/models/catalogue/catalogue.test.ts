import { Verifier } from '@b3iq/wire';
import { expect, test } from 'vitest';
import written from '../../../catalogue/models.json' with { type: 'json' };
import { readCatalogue } from './read.ts';
import { fitOfManifest } from './shape.ts';
import signed from './signed.json' with { type: 'json' };

const GIB = 1024 ** 3;
const catalogue = readCatalogue();
const byId = (id: string) => {
  const found = catalogue.find((manifest) => manifest.id === id);
  if (found === undefined) throw new Error(`${id} is not in the catalogue`);
  return found;
};

test('what ships is what is written, every manifest rightly signed, sixteen or more, each name and hash once', () => {
  expect(catalogue.map(({ iss: _, iat: __, ...rest }) => rest)).toEqual(written.models);
  expect(catalogue.length).toBeGreaterThanOrEqual(16);
  for (const key of ['id', 'sha256'] as const)
    expect(new Set(catalogue.map((manifest) => manifest[key])).size).toBe(catalogue.length);
});

test('each says where its facts were read, and the address holds the hash', () => {
  for (const { id, sha256, sources, read_from } of catalogue) {
    expect(read_from?.length, id).toBeGreaterThan(0);
    expect(sources?.[0]?.url, id).toMatch(new RegExp(`^https://.*sha256:${sha256}$`));
  }
});

test('a manifest that was changed, or signed by somebody else, is not in it', () => {
  const [first, ...rest] = signed.manifests;
  const changed = { ...first, payload: Buffer.from('{}').toString('base64') };
  expect(readCatalogue([changed, ...rest])).toHaveLength(catalogue.length - 1);
  expect(readCatalogue(signed.manifests, new Verifier([]))).toEqual([]);
});

/** Built as the catalogue says, as large as a manifest may say it is. */
const sized = (id: string, size_bytes: number) => ({ ...byId(id), size_bytes });

test.each([
  [8, sized('qwen3-8b', 5_000_000_000), 'comfortable'],
  [8, sized('qwen3-14b', 9_000_000_000), 'does-not-fit'],
  [16, sized('qwen3-14b', 9_000_000_000), 'comfortable'],
  [32, sized('llama3.3-70b', 40_000_000_000), 'does-not-fit'],
  [64, sized('llama3.3-70b', 40_000_000_000), 'unknown'],
  [128, byId('gpt-oss-120b'), 'unknown'],
] as const)('with %i GiB, %o is %s', (gib, manifest, kind) => {
  const fit = fitOfManifest(manifest, gib * GIB);
  expect(fit.kind).toBe(kind);
  expect(fit.reason).toMatch(/^[A-Z].*\.$/);
});

test('what fits says weights, context and headroom; what is not published is said so', () => {
  expect(fitOfManifest(sized('qwen3-14b', 9_000_000_000), 16 * GIB).reason).toMatch(
    /of weights, .* for a conversation of 8,192 tokens and .* to compute\. .* stay free\./,
  );
  expect(fitOfManifest(byId('mistral-nemo-12b'), 16 * GIB).reason).toContain('not in the catalogue');
});
