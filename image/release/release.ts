/**
 * Makes a release out of a built version: compressed partitions, the kernel image, and the signed manifest over all.
 * Separate from the build, which never sees the release key. It judges the version with the code that will judge it on
 * the machine, so that what no machine would take is never signed.
 */
import { createHash, type KeyObject } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import {
  type Sha256Hex,
  signDocument,
  type Time,
  UPDATE_MANIFEST_FILE,
  type UpdateArtefact,
  type UpdateManifest,
  updateManifest,
} from '@b3iq/wire';
import { nodeSigner } from '@b3iq/wire/sign-node';
import { judgeKernel } from '../../device/src/appliance/update/kernel/judge.ts';
import {
  parseRootHash,
  parseSections,
  partitionIds,
  sectionText,
} from '../../device/src/appliance/update/kernel/parse.ts';
import { parseOsRelease } from '../../device/src/update/parse.ts';

export interface ReleaseOptions {
  /** Folder of a built image: `b3iq_<v>.root.raw`, `b3iq_<v>.root-verity.raw`, `b3iq_<v>.efi`. */
  readonly image: string;
  /** `b3iq_2`: what the built files begin with. */
  readonly stem: string;
  /** Folder of the release; made. */
  readonly out: string;
  readonly key: KeyObject;
  readonly notes: string;
  /** The oldest version that may go to this one directly. */
  readonly minimumVersion: number;
  /** Until when a server may show it as the newest; a machine believes it for ever without. */
  readonly expires?: Time;
  readonly issuer?: string;
  /** zstd level, 1–19. */
  readonly level?: number;
}

/** zstd level 19: minutes once for every machine's download. Tests take a lower one. */
const LEVEL = 19;
/** 128 MiB, the most that decoders take unasked: libraries and firmware repeat far apart. @see zstd(1), --long */
const WINDOW_LOG = 27;

/** Writes the release folder. @returns the manifest      @throws Error naming what is wrong with the built version */
export async function makeRelease(options: ReleaseOptions): Promise<UpdateManifest> {
  const { image, stem, out, key, level = LEVEL } = options;
  const kernelPath = join(image, `${stem}.efi`);
  const kernel = await readFile(kernelPath);
  const facts = kernelFacts(kernel);
  await mkdir(out, { recursive: true });
  const ids = partitionIds(facts.rootHash);
  const root = await compressed(join(image, `${stem}.root.raw`), out, `${stem}.root.zst`, level);
  const tree = await compressed(
    join(image, `${stem}.root-verity.raw`),
    out,
    `${stem}.root-verity.zst`,
    level,
  );
  await copyFile(kernelPath, join(out, `${stem}.efi`));
  const sha256 = hashOf(kernel);
  const manifest: UpdateManifest = {
    iss: options.issuer ?? 'release',
    iat: facts.releasedAt as Time, // checked by the schema when it is signed
    ...(options.expires === undefined ? {} : { exp: options.expires }),
    image_id: facts.imageId,
    architecture: 'x86-64',
    variant: facts.variant,
    version: facts.version,
    minimum_version: options.minimumVersion,
    support_until: facts.supportUntil,
    notes: options.notes.trim(),
    artefacts: {
      root: { ...root, partition_uuid: ids.root },
      root_verity: { ...tree, partition_uuid: ids.verity },
      uki: {
        file: `${stem}.efi`,
        size_bytes: kernel.length,
        sha256,
        compression: 'none',
        content_size_bytes: kernel.length,
        content_sha256: sha256,
      },
    },
  };
  const obstacle = judgeKernel(kernel, manifest, undefined);
  if (obstacle !== undefined) throw new Error(`No machine would take this kernel image: ${obstacle}.`);
  await writeManifest(out, manifest, key);
  return manifest;
}

/** Signs `manifest` and writes it into the release folder. */
export async function writeManifest(out: string, manifest: UpdateManifest, key: KeyObject): Promise<void> {
  const envelope = signDocument(updateManifest, manifest, nodeSigner(key));
  await writeFile(join(out, UPDATE_MANIFEST_FILE), `${JSON.stringify(envelope)}\n`);
}

/** What the kernel image says about its version. */
function kernelFacts(kernel: Uint8Array): {
  readonly rootHash: string;
  readonly version: number;
  readonly imageId: string;
  readonly variant: string;
  readonly releasedAt: string;
  readonly supportUntil: string;
} {
  const sections = parseSections(kernel);
  if (sections === undefined) throw new Error('The kernel image is no PE file.');
  const system = parseOsRelease(sectionText(sections, '.osrel') ?? '', 'x86-64');
  if (system === undefined) throw new Error('Its os-release names no IMAGE_ID and whole IMAGE_VERSION.');
  const { releasedAt, supportUntil } = system;
  if (releasedAt === undefined || supportUntil === undefined)
    throw new Error('Its os-release lacks B3IQ_RELEASED_AT or SUPPORT_END.');
  const rootHash = parseRootHash(sectionText(sections, '.cmdline') ?? '');
  if (rootHash === undefined) throw new Error('Its command line names no root hash.');
  return { ...system, rootHash, releasedAt, supportUntil };
}

/** Compresses one partition into the release, hashing both sides in one reading. */
export async function compressed(
  from: string,
  folder: string,
  file: string,
  level: number,
): Promise<UpdateArtefact> {
  const content = createHash('sha256');
  const served = createHash('sha256');
  const hashing = (hash: typeof content) =>
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    };
  await pipeline(
    createReadStream(from, { highWaterMark: 1_048_576 }),
    hashing(content),
    createZstdCompress({
      params: {
        [constants.ZSTD_c_compressionLevel]: level,
        [constants.ZSTD_c_enableLongDistanceMatching]: 1,
        [constants.ZSTD_c_windowLog]: WINDOW_LOG,
        [constants.ZSTD_c_checksumFlag]: 1,
      },
    }),
    hashing(served),
    createWriteStream(join(folder, file)),
  );
  return {
    file,
    size_bytes: (await stat(join(folder, file))).size,
    sha256: served.digest('hex') as Sha256Hex, // 64 hex characters by construction
    compression: 'zstd',
    content_size_bytes: (await stat(from)).size,
    content_sha256: content.digest('hex') as Sha256Hex, // as above
  };
}

export const hashOf = (bytes: Uint8Array): Sha256Hex =>
  createHash('sha256').update(bytes).digest('hex') as Sha256Hex; // as above
