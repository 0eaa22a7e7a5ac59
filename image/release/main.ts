/**
 * `node image/release/main.ts --image DIR --out DIR --key FILE --notes FILE [--minimum-version N] [--expires TIME]`
 * Signs a built version: DIR of the image holds one `b3iq_<v>.efi` with its partitions beside it. The folder it makes
 * goes onto a web server or a USB stick named B3IQ-UPDATE as it is. TIME (RFC 3339, UTC) is
 * when machines stop believing a server that still shows this version as its newest.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Time } from '@b3iq/wire';
import { readReleaseKey } from './keys.ts';
import { makeRelease } from './release.ts';

const { values } = parseArgs({
  options: {
    image: { type: 'string' },
    out: { type: 'string' },
    key: { type: 'string' },
    notes: { type: 'string' },
    'minimum-version': { type: 'string', default: '1' },
    expires: { type: 'string' },
  },
});
const given = (name: 'image' | 'out' | 'key' | 'notes'): string => {
  const value = values[name];
  if (value === undefined) throw new Error(`Expected --${name}.`);
  return value;
};
const stems = readdirSync(given('image')).flatMap((name) => /^(b3iq_[1-9]\d*)\.efi$/.exec(name)?.[1] ?? []);
const [stem] = stems;
if (stem === undefined || stems.length > 1)
  throw new Error(
    `Expected one kernel image b3iq_<version>.efi in ${given('image')}, found ${stems.length}.`,
  );
const manifest = await makeRelease({
  image: given('image'),
  stem,
  out: given('out'),
  key: readReleaseKey(given('key')),
  notes: readFileSync(given('notes'), 'utf8'),
  minimumVersion: Number(values['minimum-version']),
  ...(values.expires === undefined ? {} : { expires: values.expires as Time }), // checked when it is signed
});
const { root, root_verity: tree, uki } = manifest.artefacts;
const size = root.size_bytes + tree.size_bytes + uki.size_bytes;
process.stdout.write(`Version ${manifest.version}: ${(size / 2 ** 20).toFixed(1)} MiB to download.\n`);
