import { expect, it } from 'vitest';
import { formatSbom } from './sbom.ts';

const shared = {
  name: 'libstdc++6',
  version: '14.2.0-19~deb13u1+b1',
  architecture: 'amd64',
  suite: 'trixie',
  path: 'debian/pool/main/g/gcc-14/libstdc++6_14.2.0_amd64.deb',
  size: 1,
  sha256: 'e'.repeat(64),
};
const facts = {
  imageVersion: '7',
  releasedAt: '2026-11-22T00:00:00Z',
  digest: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  trees: { os: [shared, { ...shared, name: 'zstd', sha256: 'f'.repeat(64) }], initrd: [shared] },
};

it('names each package once, with its address, hash and the trees it is in', () => {
  const bill = JSON.parse(formatSbom(facts));
  expect(bill.bomFormat).toBe('CycloneDX');
  expect(bill.metadata.component).toMatchObject({ type: 'operating-system', version: '7' });
  expect(bill.components).toHaveLength(2);
  expect(bill.components[0]).toEqual({
    type: 'library',
    'bom-ref': 'pkg:deb/debian/libstdc%2B%2B6@14.2.0-19~deb13u1%2Bb1?arch=amd64&distro=trixie',
    name: 'libstdc++6',
    version: '14.2.0-19~deb13u1+b1',
    purl: 'pkg:deb/debian/libstdc%2B%2B6@14.2.0-19~deb13u1%2Bb1?arch=amd64&distro=trixie',
    hashes: [{ alg: 'SHA-256', content: 'e'.repeat(64) }],
    properties: [
      { name: 'b3iq:tree', value: 'os' },
      { name: 'b3iq:tree', value: 'initrd' },
    ],
  });
});

it('has a serial number that is a UUID and comes from the packages alone', () => {
  const serial = JSON.parse(formatSbom(facts)).serialNumber;
  expect(serial).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(formatSbom(facts)).toBe(formatSbom({ ...facts }));
  expect(JSON.parse(formatSbom({ ...facts, digest: 'f'.repeat(64) })).serialNumber).not.toBe(serial);
});
