/** Signs `device/catalogue/models.json` into the catalogue that ships; with `--check`, only says whether it is fresh. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hexToBytes, MODEL_MANIFEST_TYPE, modelManifest, signDocument } from '@b3iq/wire';
import { nodeSigner, privateKeyOfSeed, rawPublicKey } from '@b3iq/wire/sign-node';
import models from '../device/catalogue/models.json' with { type: 'json' };
import { readCatalogue } from '../device/src/models/catalogue/read.ts';
import { verifierOf } from '../device/src/update/disk/keys.ts';

const OUT = fileURLToPath(new URL('../device/src/models/catalogue/', import.meta.url));
/** Not a secret: whoever has the sources can sign with it. A release names its own in B3IQ_CATALOGUE_SEED_FILE. */
const SEED =
  process.env.B3IQ_CATALOGUE_SEED_FILE ??
  fileURLToPath(new URL('../device/catalogue/dev.seed', import.meta.url));
const IAT = '2026-11-22T18:00:00Z';

const seed = hexToBytes(readFileSync(SEED, 'utf8').trim());
if (seed === undefined) throw new Error('The seed is not 64 hex digits.');
const key = privateKeyOfSeed(seed);
const signer = nodeSigner(key);
const manifests = models.models.map((model) =>
  signDocument(
    modelManifest,
    modelManifest.schema.parse({ iss: 'b3iq-dev-catalogue', iat: IAT, ...model }),
    signer,
  ),
);
const name = process.env.B3IQ_CATALOGUE_SEED_FILE === undefined ? 'development' : 'release';
const keys = {
  version: 1 as const,
  threshold: 1,
  keys: [
    {
      name,
      public_key: Buffer.from(rawPublicKey(key)).toString('hex'),
      payload_types: [MODEL_MANIFEST_TYPE],
    },
  ],
};
if (readCatalogue(manifests, verifierOf(keys)).length !== models.models.length)
  throw new Error('It does not verify.');

const files = { 'keys.json': keys, 'signed.json': { version: 1, manifests } };
for (const [file, value] of Object.entries(files)) {
  const before = readFileSync(OUT + file, { encoding: 'utf8', flag: 'a+' });
  if (process.argv.includes('--check')) {
    if (JSON.stringify(JSON.parse(before)) !== JSON.stringify(value)) {
      process.stderr.write(`${file} is not fresh: run \`node scripts/catalogue.ts\`\n`);
      process.exitCode = 1;
    }
  } else writeFileSync(OUT + file, JSON.stringify(value));
}
if (!process.argv.includes('--check')) execFileSync('biome', ['format', '--write', OUT], { stdio: 'ignore' });
