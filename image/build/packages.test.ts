import { describe, expect, it } from 'vitest';
import { parseControl, parseIndex, parseMkosiList, parseNames } from './packages.ts';

const INDEX = `Package: zlib1g
Version: 1:1.3.dfsg+really1.3.1-1+b1
Architecture: amd64
Description: compression library
 continued here
Filename: pool/main/z/zlib/zlib1g_1.3_amd64.deb
Size: 89000
SHA256: ${'a'.repeat(64)}

Package: no-file
Version: 1

`;

describe('Debian control text', () => {
  it('keeps continuation lines with their field', () => {
    expect(parseControl(INDEX)[0]?.get('Description')).toBe('compression library\ncontinued here');
  });
  it('passes over a line that is no field', () => {
    expect(parseControl('Package: a\nnonsense\nVersion: 1\n')).toEqual([
      new Map([
        ['Package', 'a'],
        ['Version', '1'],
      ]),
    ]);
  });
  it('is empty for an empty text', () => {
    expect(parseControl('\n\n')).toEqual([]);
  });
});

describe('a package index', () => {
  it('gives packages by their path under the mirror and leaves out what has no file', () => {
    const path = 'debian/pool/main/z/zlib/zlib1g_1.3_amd64.deb';
    expect([...parseIndex(INDEX, 'trixie', 'debian')]).toEqual([
      [
        path,
        {
          name: 'zlib1g',
          version: '1:1.3.dfsg+really1.3.1-1+b1',
          architecture: 'amd64',
          suite: 'trixie',
          path,
          size: 89000,
          sha256: 'a'.repeat(64),
        },
      ],
    ]);
  });
});

describe('lists of wishes', () => {
  it('takes one name a line and drops comments', () => {
    expect(parseNames('# why\nmkosi\n\n  zstd  # because\n')).toEqual(['mkosi', 'zstd']);
  });
  it('reads a list setting of mkosi over its continuation lines and no other setting', () => {
    const text = `[Content]
Packages=
        systemd   # init
        # a comment between
        udev

RemoveFiles=
        /usr/share/man
Packages=one,two
`;
    expect(parseMkosiList(text, 'Packages')).toEqual(['systemd', 'udev', 'one', 'two']);
    expect(parseMkosiList(text, 'RemoveFiles')).toEqual(['/usr/share/man']);
    expect(parseMkosiList(text, 'Absent')).toEqual([]);
  });
});
