/**
 * What one image build is told: the only reader of its environment and of `image/version.json`.
 * Separate so that every other file says what it needs instead of where it comes from.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The variants that `image/mkosi.profiles/` describes. */
export const PROFILES = ['dev', 'release', 'test', 'nvidia'] as const;
export type Profile = (typeof PROFILES)[number];

export interface Config {
  /** The checkout. */
  readonly top: string;
  /** Packages, build roots and half-made things, about 6 GB; may be deleted at any time. */
  readonly cache: string;
  /** More folders of stored packages, such as a published release's `store/`. */
  readonly stores: readonly string[];
  readonly profile: Profile;
  /** Where the artefacts go. */
  readonly out: string;
  /** `IMAGE_VERSION`: a whole number from 1 that only grows. */
  readonly version: string;
  /** RFC 3339; also the time every file of the image carries. */
  readonly releasedAt: string;
  /** The last day on which this version gets security fixes, `YYYY-MM-DD`. */
  readonly supportEnd: string;
  /** Base address of a Debian mirror, without the archive's name. */
  readonly mirror: string;
  /** Folder with `secure-boot.{key,crt}`, `pcr.{key,crt}` and `update-keys.json`. */
  readonly keys: string;
  /** Where released machines look for updates, for the profile `release` only. */
  readonly updateUrl: string | undefined;
  /** Folder of NVIDIA's `.deb` files, for the profile `nvidia` only. */
  readonly nvidiaPackages: string | undefined;
  /** A published release to compare with, for `verify` only. */
  readonly release: string | undefined;
}

/** Seconds since 1970 of a release date. */
export const epochOf = (releasedAt: string): number => Math.floor(Date.parse(releasedAt) / 1000);

/** What a build was told, as it is published beside the image (`b3iq_<version>.build.json`). */
export interface BuildFacts {
  readonly profile: Profile;
  readonly image_version: string;
  readonly released_at: string;
  readonly support_end: string;
  readonly update_url: string | null;
}

/** The facts' text, with a line end. */
export const formatBuildFacts = (config: Config): string => {
  const facts: BuildFacts = {
    profile: config.profile,
    image_version: config.version,
    released_at: config.releasedAt,
    support_end: config.supportEnd,
    update_url: config.updateUrl ?? null,
  };
  return `${JSON.stringify(facts, undefined, 2)}\n`;
};

/** The same build as a published one: its facts, this computer's folders. */
export const configOf = (config: Config, published: BuildFacts): Config => ({
  ...config,
  profile: published.profile,
  version: published.image_version,
  releasedAt: published.released_at,
  supportEnd: published.support_end,
  updateUrl: published.update_url ?? undefined,
});

interface Version {
  readonly image_version: number;
  readonly released_at: string;
  readonly support_end: string;
}

/**
 * Reads what `make image` documents.
 * @throws Error naming the value and what it may hold
 */
export const readConfig = (top: string, env: NodeJS.ProcessEnv = process.env): Config => {
  const stated: Version = JSON.parse(readFileSync(join(top, 'image/version.json'), 'utf8'));
  const profile = PROFILES.find((name) => name === (env.PROFILE ?? 'dev'));
  if (profile === undefined)
    throw new Error(`PROFILE is ${env.PROFILE}, expected one of ${PROFILES.join(', ')}.`);
  const version = env.B3IQ_IMAGE_VERSION ?? String(stated.image_version);
  if (!/^[1-9][0-9]{0,8}$/.test(version))
    throw new Error(`The image version is ${version}, expected a whole number from 1.`);
  if (!(epochOf(stated.released_at) > 0) || !/^\d{4}-\d{2}-\d{2}$/.test(stated.support_end))
    throw new Error('image/version.json needs released_at (RFC 3339) and support_end (YYYY-MM-DD).');
  const updateUrl = env.B3IQ_UPDATE_URL;
  if (updateUrl !== undefined && !/^https:\/\/[^\s"\\]+$/.test(updateUrl))
    throw new Error('B3IQ_UPDATE_URL must be an https address.');
  return {
    top,
    cache: resolve(env.B3IQ_IMAGE_CACHE ?? join(top, '.cache/image')),
    stores: (env.B3IQ_IMAGE_STORES ?? '').split(':').filter((path) => path !== ''),
    profile,
    out: resolve(env.B3IQ_IMAGE_OUT ?? join(top, 'dist/image', profile)),
    version,
    releasedAt: stated.released_at,
    supportEnd: stated.support_end,
    mirror: (env.B3IQ_DEBIAN_MIRROR ?? 'http://deb.debian.org').replace(/\/+$/, ''),
    keys: resolve(env.B3IQ_KEYS ?? join(top, 'image/keys/dev')),
    updateUrl,
    nvidiaPackages: env.B3IQ_NVIDIA_PACKAGES,
    release: env.RELEASE,
  };
};
