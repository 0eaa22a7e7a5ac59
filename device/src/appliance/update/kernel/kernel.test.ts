import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manifestOf } from '../../../update/fixtures.ts';
import { DISK_KEY, kernelImage, kernelOf, ROOT_HASH } from '../fixtures/kernel-image.ts';
import { judgeKernel } from './judge.ts';
import { parseRootHash, parseSections, partitionIds, sectionText } from './parse.ts';

describe('a kernel image', () => {
  it('gives its sections, the base before those of boot-menu profiles', () => {
    const sections = parseSections(kernelOf(2)) ?? new Map();
    expect([...sections.keys()]).toEqual(['.osrel', '.cmdline', '.pcrpkey', '.linux', '.profile']);
    expect(sectionText(sections, '.cmdline')).toBe(
      `roothash=${ROOT_HASH} systemd.machine_id=firmware panic=10`,
    );
    expect(sectionText(sections, '.osrel')).toContain('IMAGE_VERSION=2');
    expect(sectionText(new Map(), '.osrel')).toBeUndefined();
    expect(sectionText(new Map([['.osrel', Uint8Array.of(0xff)]]), '.osrel')).toBeUndefined();
  });
  it('that is cut anywhere, or made up, is none or smaller, and never a fault', () => {
    const image = kernelOf(2);
    for (let end = 0; end < image.length; end += 13) parseSections(image.subarray(0, end));
    expect(parseSections(image.subarray(0, 300))).toBeUndefined();
    expect(parseSections(Buffer.from('MZ'))).toBeUndefined();
    expect(parseSections(Buffer.alloc(100))).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(image.length - 1), fc.nat(255), (at, value) => {
        const other = Buffer.from(image);
        other[at] = value;
        parseSections(other);
      }),
    );
  });
  it('that points outside itself is none', () => {
    const change = (offset: number, value: number) => {
      const other = Buffer.from(kernelOf(2));
      other.writeUInt32LE(value, offset);
      return parseSections(other);
    };
    expect(change(60, 0xff_ff_ff_00)).toBeUndefined(); // the header
    expect(change(60, 0)).toBeUndefined(); // no header there
    expect(change(0x80 + 24 + 20, 0x7f_ff_ff_ff)).toBeUndefined(); // a section
    const many = Buffer.from(kernelImage([]));
    many.writeUInt16LE(60_000, 0x86);
    expect(parseSections(many)).toBeUndefined();
  });
});

describe('a root hash', () => {
  it('is found on a command line, whole', () => {
    expect(parseRootHash(`quiet roothash=${ROOT_HASH} x`)).toBe(ROOT_HASH);
    expect(parseRootHash(`roothash=${ROOT_HASH}`)).toBe(ROOT_HASH);
    expect(parseRootHash(`roothash=${ROOT_HASH}0`)).toBeUndefined();
    expect(parseRootHash(`noroothash=${ROOT_HASH}`)).toBeUndefined();
    expect(parseRootHash('')).toBeUndefined();
  });
  it('names both partitions', () => {
    expect(partitionIds(ROOT_HASH)).toEqual({
      root: '8f4b1c2e-7a90-4d35-b6e1-0c9a5d7f3b28',
      verity: '1d6e9f03-52c8-4b7a-9e14-a7f0b3d2c561',
    });
  });
});

describe('a kernel image is judged', () => {
  const manifest = manifestOf();
  const { artefacts } = manifest;
  const otherIds = (role: 'root' | 'root_verity') => ({
    ...manifest,
    artefacts: {
      ...artefacts,
      [role]: { ...artefacts[role], partition_uuid: '00000000-0000-4000-8000-000000000000' },
    },
  });
  it.each([
    ['good', undefined, kernelOf(2), manifest, DISK_KEY],
    ['good where no disk is bound to a key', undefined, kernelOf(2), manifest, undefined],
    ['good with another line end', undefined, kernelOf(2), manifest, DISK_KEY.trim()],
    ['no image', 'damaged', Buffer.from('no image'), manifest, DISK_KEY],
    ['of another version', 'damaged', kernelOf(3), manifest, DISK_KEY],
    ['of another system', 'damaged', kernelOf(2), { ...manifest, image_id: 'other' }, DISK_KEY],
    ['of no system', 'damaged', kernelOf(2, { '.osrel': 'ID=debian' }), manifest, DISK_KEY],
    ['without a root', 'damaged', kernelOf(2, { '.cmdline': 'quiet' }), manifest, DISK_KEY],
    ['with another root', 'damaged', kernelOf(2), otherIds('root'), DISK_KEY],
    ['with another tree', 'damaged', kernelOf(2), otherIds('root_verity'), DISK_KEY],
    ['unable to open the disk', 'other-disk-key', kernelOf(2, { '.pcrpkey': 'other' }), manifest, DISK_KEY],
    ['without a disk key', 'other-disk-key', kernelOf(2, { '.pcrpkey': '' }), manifest, DISK_KEY],
  ])('%s', (_, obstacle, image, given, diskKey) => {
    expect(judgeKernel(image, given, diskKey)).toBe(obstacle);
  });
  it('also without the sections it is asked for', () => {
    expect(judgeKernel(kernelImage([['.text', 'x']]), manifest, undefined)).toBe('damaged');
    const bare = kernelImage([['.osrel', 'IMAGE_ID=b3iq\nIMAGE_VERSION=2\n']]);
    expect(judgeKernel(bare, manifest, undefined)).toBe('damaged');
  });
});
