/**
 * Takes from a published release what only its keys could make, so that it can be built again without them:
 * the signatures of boot loader and kernel image, the signed PCR policy, the signed Secure Boot keys.
 * Separate because these are the only bytes of a release that a second build takes on trust.
 */
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ESP_TYPE, readPartitions, TABLE_BYTES } from './gpt.ts';
import { readChecksum, readSections, readSignature } from './pe.ts';

/** Copies a file out of a FAT file system inside a disk image: offset in bytes, path such as `EFI/BOOT/BOOTX64.EFI`. */
export type ReadFat = (image: string, offset: number, path: string) => Uint8Array;

const sectionOf = (bytes: Uint8Array, name: string): Uint8Array => {
  // The main entry's sections come first.
  const section = readSections(bytes).find((one) => one.name === name);
  if (section === undefined) throw new Error(`The published kernel image has no section ${name}.`);
  return section.content;
};

const signatureOf = (bytes: Uint8Array, what: string): Uint8Array => {
  const signature = readSignature(bytes);
  if (signature === undefined) throw new Error(`The published ${what} is not signed.`);
  return signature;
};

/**
 * Lays the published signatures where the tools without keys look for them.
 * @param release  folder as `make image PROFILE=release` leaves it
 * @param stem     `b3iq_<version>`
 * @param to       `tools/published`
 * @throws Error naming what the release lacks
 */
export const takeSignatures = (release: string, stem: string, to: string, readFat: ReadFat): void => {
  const kernelImage = readFileSync(join(release, `${stem}.efi`));
  const disk = join(release, `${stem}.raw`);
  const table = Buffer.alloc(TABLE_BYTES);
  const file = openSync(disk, 'r');
  readSync(file, table, 0, TABLE_BYTES, 0);
  closeSync(file);
  const esp = readPartitions(table).find(({ type }) => type === ESP_TYPE);
  if (esp === undefined) throw new Error('The published disk image has no boot partition.');
  for (const folder of ['signatures', 'checksums', 'auto']) mkdirSync(join(to, folder), { recursive: true });
  const signed: Record<string, Uint8Array> = {
    'kernel-image': kernelImage,
    kernel: sectionOf(kernelImage, '.linux'),
    'boot-loader': readFat(disk, esp.start, 'EFI/BOOT/BOOTX64.EFI'),
  };
  for (const [name, bytes] of Object.entries(signed)) {
    writeFileSync(join(to, 'signatures', name), signatureOf(bytes, name.replace('-', ' ')));
    // The tool that signed may have left it as it was, or not; the one that attaches always writes it.
    writeFileSync(join(to, 'checksums', name), readChecksum(bytes));
  }
  for (const name of ['PK', 'KEK', 'db'])
    writeFileSync(join(to, `auto/${name}.auth`), readFat(disk, esp.start, `loader/keys/auto/${name}.auth`));
  writeFileSync(join(to, 'pcrsig'), sectionOf(kernelImage, '.pcrsig'));
  writeFileSync(join(to, 'pcrpkey'), sectionOf(kernelImage, '.pcrpkey'));
  copyFileSync(join(release, 'public-keys/secure-boot.crt'), join(to, 'secure-boot.crt'));
};
