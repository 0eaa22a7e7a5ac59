/**
 * An update manifest: one version of the whole system, what it consists of byte by byte, and who may go to it.
 * Separate from the files it names, so that a machine knows everything about a version before it fetches or writes it.
 * Where the files lie is not said here: beside the manifest, wherever that is. Trust lies in the hashes.
 */
import * as z from 'zod/mini';
import { issuer } from './claims.ts';
import { payloadTypeOf } from './document.ts';
import { day, lines, sha256Hex, time, whole } from './fields.ts';
import { timeToMs } from './time.ts';

export const UPDATE_MANIFEST_TYPE = payloadTypeOf('update-manifest', 1);
/** What the manifest is called wherever a release lies: a web folder or a USB stick. */
export const UPDATE_MANIFEST_FILE = 'update-manifest.json';
/** 8 GiB: eight times today's slot, so that a size is a size and never an attack. */
export const MAX_ARTEFACT_BYTES = 8 * 2 ** 30;

const part = {
  /** Name in the folder of the manifest; machines make up their own names for what they keep. */
  file: z.string().check(z.regex(/^[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?$/)),
  /** Of the file as it is served. */
  size_bytes: whole(MAX_ARTEFACT_BYTES, 1),
  sha256: sha256Hex,
  compression: z.enum(['none', 'zstd']),
  /** Of what the file holds once it is decompressed; equal to the above when `compression` is `none`. */
  content_size_bytes: whole(MAX_ARTEFACT_BYTES, 1),
  content_sha256: sha256Hex,
};
const partition = z.strictObject({
  ...part,
  /** GPT partition id: half of the root hash each, which is how the starting system finds root and tree by it. */
  partition_uuid: z.string().check(z.regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)),
});

/** Version 1, signed by whoever releases the system. */
export const updateManifest = {
  payloadType: UPDATE_MANIFEST_TYPE,
  schema: z
    .strictObject({
      iss: issuer,
      /** When the version was released. */
      iat: time,
      /**
       * Until when whoever releases stands by this as the newest version there is. The releaser signs the same version again
       * from time to time; a server that still shows the old word is holding something back. Without it no such promise.
       */
      exp: z.optional(time),
      /** Which machines it is for: their os-release says the same. `variant` is `standard` or a driver set such as `nvidia`. */
      image_id: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,31}$/)),
      architecture: z.enum(['x86-64', 'arm64']),
      variant: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,31}$/)),
      /** A whole number that only grows; a number that failed once is never used again. */
      version: whole(2_147_483_647, 1),
      /** The oldest version that may go to this one directly. */
      minimum_version: whole(2_147_483_647, 1),
      /** Until when this version gets security updates. */
      support_until: day,
      /** What changed, for the owner, in plain text. */
      notes: lines(4_000),
      artefacts: z.strictObject({
        root: partition,
        root_verity: partition,
        /** The signed kernel image: what the firmware starts, and what names the root hash. */
        uki: z.strictObject(part),
      }),
    })
    .check(
      z.refine((manifest) => manifest.minimum_version < manifest.version, {
        error: 'expected minimum_version below version',
      }),
      z.refine(({ iat, exp }) => exp === undefined || timeToMs(exp) > timeToMs(iat), {
        error: 'expected exp after iat',
      }),
    ),
} as const;

export type UpdateManifest = z.infer<typeof updateManifest.schema>;
export type UpdateArtefact = UpdateManifest['artefacts']['uki'];
/** As they are fetched and proven: what is refused soonest first. The kernel image is written last (rootfs-overlay, sysupdate.d). */
export const UPDATE_ROLES = ['uki', 'root_verity', 'root'] as const;
export type UpdateRole = (typeof UPDATE_ROLES)[number];
