import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { manifestOf } from '../../../update/fixtures.ts';
import { progressReader, stagedName } from './parse.ts';

it('staged files are called as the transfer files ask', () => {
  const transfers = new URL('../../../../../rootfs-overlay/usr/lib/sysupdate.d/', import.meta.url);
  for (const [role, file] of [
    ['root_verity', '10-b3iq-root-verity.transfer'],
    ['root', '20-b3iq-root.transfer'],
    ['uki', '30-b3iq-uki.transfer'],
  ] as const) {
    const [source = ''] = readFileSync(new URL(file, transfers), 'utf8').split('[Target]');
    const pattern = /^MatchPattern=(\S+)$/m.exec(source)?.[1] ?? expect.fail(`no pattern in ${file}`);
    const manifest = manifestOf();
    const { root, root_verity: tree } = manifest.artefacts;
    const uuid = role === 'root' ? root.partition_uuid : tree.partition_uuid;
    expect(stagedName(manifest, role)).toBe(pattern.replace('@v', '2').replace('@u', uuid));
  }
});

it('the lines of systemd-sysupdate 257 tell how far it is', () => {
  const lines = readFileSync(new URL('./fixtures/systemd-sysupdate-257.txt', import.meta.url), 'utf8').split(
    '\n',
  );
  const progress = progressReader(
    new Map([
      ['b3iq_2_22222222-2222-2222-2222-222222222221.root.raw', 40_000],
      ['b3iq_2_22222222-2222-2222-2222-222222222222.root-verity.raw', 4_000],
      ['b3iq_2.efi', 1_000],
    ]),
  );
  const seen = lines.flatMap((line) => progress(line) ?? []);
  expect(seen).toEqual([40, 4_000, 24_000, 44_000, 44_010, 45_000]);
});

it('a line that is not known says nothing, and a number beyond reason is bounded', () => {
  const progress = progressReader(new Map([['a.efi', 100]]));
  expect(progress('')).toBeUndefined();
  expect(progress('Got 50% of file:///x/other.efi.')).toBeUndefined();
  expect(progress('Got 999% of file:///x/a.efi.')).toBe(100);
});
