/**
 * Reads Debian's package lists and our own package wishes. Pure.
 * Separate because the lock, the local repository and the bill of materials all speak of the same packages.
 */

/** One `.deb` as the lock names it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly suite: string;
  /** Path under the mirror's base address, e.g. `debian/pool/main/z/zlib/zlib1g_1.3_amd64.deb`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/**
 * The paragraphs of a Debian control file as maps; continuation lines are joined by newlines.
 * @see deb822(5)
 */
export const parseControl = (text: string): ReadonlyMap<string, string>[] =>
  text
    .split(/\n(?:[ \t]*\n)+/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => {
      const fields = new Map<string, string>();
      let last = '';
      for (const line of paragraph.split('\n')) {
        if (/^[ \t]/.test(line)) fields.set(last, `${fields.get(last) ?? ''}\n${line.trim()}`);
        else {
          const colon = line.indexOf(':');
          if (colon <= 0) continue;
          last = line.slice(0, colon);
          fields.set(last, line.slice(colon + 1).trim());
        }
      }
      return fields;
    });

/**
 * The packages of one `Packages` index, keyed by their path in the archive.
 * @param archive  `debian` or `debian-security`, the first part of every path
 */
export const parseIndex = (text: string, suite: string, archive: string): Map<string, LockedPackage> => {
  const found = new Map<string, LockedPackage>();
  for (const fields of parseControl(text)) {
    const filename = fields.get('Filename');
    const sha256 = fields.get('SHA256');
    if (filename === undefined || sha256 === undefined) continue;
    const path = `${archive}/${filename}`;
    found.set(path, {
      name: fields.get('Package') ?? '',
      version: fields.get('Version') ?? '',
      architecture: fields.get('Architecture') ?? '',
      suite,
      path,
      size: Number(fields.get('Size') ?? 'NaN'),
      sha256,
    });
  }
  return found;
};

/** Names in a plain list: one a line, `#` starts a comment. */
export const parseNames = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');

/**
 * The value of a list setting such as `Packages=` in one mkosi configuration file, in order.
 * @see mkosi(1): values continue on indented lines, `#` starts a comment
 */
export const parseMkosiList = (text: string, setting: string): string[] => {
  const values: string[] = [];
  let inside = false;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/(^|\s)#.*/, '').trimEnd();
    if (/^\S/.test(line)) {
      inside = line.startsWith(`${setting}=`);
      if (inside) values.push(...line.slice(setting.length + 1).split(/[\s,]+/));
    } else if (inside) values.push(...line.trim().split(/[\s,]+/));
  }
  return values.filter((value) => value !== '');
};
