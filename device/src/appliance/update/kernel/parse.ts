/**
 * Sections of a unified kernel image. Pure; the bytes are proven before, and read as if they were not.
 * Separate from the signature check because this says what is in the image, and that whether the firmware starts it.
 * @see PE Format (Microsoft), "COFF File Header", "Section Table"; UAPI.5 Unified Kernel Image
 */

/** A unified kernel image has some twenty sections; profiles add a few each. */
const MAX_SECTIONS = 256;

/**
 * The bytes of each section by name; of a name that comes again (boot-menu profiles) the first, which is the base.
 * @returns undefined when it is no such image
 */
export function parseSections(image: Uint8Array): ReadonlyMap<string, Uint8Array> | undefined {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (image.length < 64 || view.getUint16(0, true) !== 0x5a4d) return undefined; // MZ
  const header = view.getUint32(60, true);
  if (header + 24 > image.length || view.getUint32(header, true) !== 0x4550) return undefined; // PE\0\0
  const count = view.getUint16(header + 6, true);
  const table = header + 24 + view.getUint16(header + 20, true);
  if (count > MAX_SECTIONS || table + count * 40 > image.length) return undefined;
  const sections = new Map<string, Uint8Array>();
  for (let at = table; at < table + count * 40; at += 40) {
    const name = ascii(image.subarray(at, at + 8));
    const [size, room, start] = [
      view.getUint32(at + 8, true),
      view.getUint32(at + 16, true),
      view.getUint32(at + 20, true),
    ];
    if (start + Math.min(size, room) > image.length) return undefined;
    if (!sections.has(name)) sections.set(name, image.subarray(start, start + Math.min(size, room)));
  }
  return sections;
}

/** A section as text, without the zeros that fill it; undefined when there is none or it is no text. */
export function sectionText(
  sections: ReadonlyMap<string, Uint8Array>,
  name: '.osrel' | '.cmdline' | '.pcrpkey',
): string | undefined {
  const bytes = sections.get(name);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\0+$/, '');
  } catch {
    return undefined; // not UTF-8
  }
}

/** The root hash on a command line, 64 lower-case hex; undefined when there is none. @see systemd-veritysetup-generator(8) */
export function parseRootHash(commandLine: string): string | undefined {
  return /(?:^|\s)(?:roothash|usrhash)=([0-9a-f]{64})(?:\s|$)/.exec(commandLine)?.[1];
}

/** The partition ids that belong to a root hash: its first half names the root, its second the tree. */
export function partitionIds(rootHash: string): { readonly root: string; readonly verity: string } {
  const id = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { root: id(rootHash.slice(0, 32)), verity: id(rootHash.slice(32)) };
}

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes).replace(/\0+$/, '');
