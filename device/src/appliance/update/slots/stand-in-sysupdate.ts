/**
 * Stands in for systemd-sysupdate in tests: the same order, checks and lines as 257.13 showed with our transfer files,
 * on a folder instead of a disk. `node stand-in-sysupdate.ts STAGING SLOT BOOT update VERSION`
 * It is no proof that the real one works; the booted image is (image/test).
 */
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [staging = '', slot = '', boot = '', , version = ''] = process.argv.slice(2);
const say = (line: string) => process.stderr.write(`${line}\n`);
const sums = new Map(
  readFileSync(join(staging, 'SHA256SUMS'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('  ').reverse() as [string, string]), // "sum  name"
);
const find = (pattern: RegExp): string => {
  const name = [...sums.keys()].find((one) => pattern.test(one));
  if (name === undefined) {
    say(`Selected update '${version}' not found`);
    process.exit(1);
  }
  return name;
};
const acquire = (name: string, to: string) => {
  const from = `file://${staging}/${name}`;
  say(`Pulling '${from}', saving at '${to}'.`);
  const bytes = readFileSync(join(staging, name));
  say(`Got 1% of ${from}.`);
  // In pieces, so that a kill finds it halfway.
  writeFileSync(to, '');
  for (let at = 0; at < bytes.length; at += 65_536)
    writeFileSync(to, bytes.subarray(at, at + 65_536), { flag: 'a' });
  say(`Got 57% of ${from}.`);
  if (createHash('sha256').update(bytes).digest('hex') !== sums.get(name)) {
    say(`DOWNLOAD INVALID: Checksum of ${from} file did not check out, file has been tampered with.`);
    process.exit(1);
  }
  say(`Acquired ${(bytes.length / 2 ** 20).toFixed(1)}M.`);
};

for (const name of readdirSync(slot)) rmSync(join(slot, name));
acquire(find(new RegExp(`^b3iq_${version}_[0-9a-f-]+\\.root-verity\\.raw$`)), join(slot, '_empty.verity'));
acquire(find(new RegExp(`^b3iq_${version}_[0-9a-f-]+\\.root\\.raw$`)), join(slot, '_empty.root'));
const half = join(boot, 'EFI', 'Linux', `.#sysupdateb3iq_${version}+3-0.efi990a0f3810b2d5dc`);
acquire(find(new RegExp(`^b3iq_${version}\\.efi$`)), half);
renameSync(join(slot, '_empty.verity'), join(slot, 'verity'));
renameSync(join(slot, '_empty.root'), join(slot, 'root'));
copyFileSync(half, `${half}.sync`);
rmSync(`${half}.sync`);
renameSync(half, join(boot, 'EFI', 'Linux', `b3iq_${version}+3-0.efi`));
say(`✨ Successfully installed update '${version}'.`);
