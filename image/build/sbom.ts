/**
 * The operating system's bill of materials: every Debian package in the image, in CycloneDX. Pure.
 * Separate because it is made from the lock alone, so that a machine's software can be known without opening the image.
 */
import type { LockedPackage } from './packages.ts';

export interface SbomFacts {
  readonly imageVersion: string;
  /** RFC 3339. */
  readonly releasedAt: string;
  /** Where in the image the packages are: component `properties` say it. */
  readonly trees: Readonly<Record<string, readonly LockedPackage[]>>;
  /** 64 hexadecimal digits; the same packages must give the same serial number. */
  readonly digest: string;
}

/** The package's address as the purl specification writes it: everything but letters, digits and `.-_~` is escaped. */
const purl = (one: LockedPackage): string =>
  `pkg:deb/debian/${encodeURIComponent(one.name)}@${encodeURIComponent(one.version)}` +
  `?arch=${one.architecture}&distro=${one.suite}`;

/**
 * The document's text, with a line end.
 * @see https://cyclonedx.org/docs/1.6/json/ and https://github.com/package-url/purl-spec (type `deb`)
 */
export const formatSbom = ({ imageVersion, releasedAt, trees, digest }: SbomFacts): string => {
  const where = new Map<string, { one: LockedPackage; trees: string[] }>();
  for (const [tree, packages] of Object.entries(trees))
    for (const one of packages) {
      const entry = where.get(one.sha256) ?? { one, trees: [] };
      entry.trees.push(tree);
      where.set(one.sha256, entry);
    }
  const components = [...where.values()]
    .sort((a, b) => (purl(a.one) < purl(b.one) ? -1 : 1))
    .map(({ one, trees: inTrees }) => ({
      type: 'library',
      'bom-ref': purl(one),
      name: one.name,
      version: one.version,
      purl: purl(one),
      // Of the .deb as Debian published it.
      hashes: [{ alg: 'SHA-256', content: one.sha256 }],
      properties: inTrees.map((tree) => ({ name: 'b3iq:tree', value: tree })),
    }));
  const uuid = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid}`,
    version: 1,
    metadata: {
      timestamp: releasedAt,
      component: { type: 'operating-system', 'bom-ref': 'b3iq', name: 'b3iq', version: imageVersion },
    },
    components,
  };
  return `${JSON.stringify(document, undefined, 1)}\n`;
};
