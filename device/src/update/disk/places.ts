/**
 * Where the three programs of an update leave things for one another. Separate because agent, fetcher and root program
 * must agree, and units, tmpfiles and the sysupdate transfers name the same paths (rootfs-overlay).
 */

/** Read-only parts of the image. */
export const IMAGE_PLACES = {
  /** Public keys that may sign a release, bound to the one payload type. */
  keys: '/usr/lib/b3iq/update-keys.json',
  /** Where versions come from. In the image, so that nobody can point the machine elsewhere. */
  source: '/usr/lib/b3iq/update.json',
  osRelease: '/usr/lib/os-release',
  /** PEM: what the firmware accepts a kernel image from. */
  secureBoot: '/usr/lib/b3iq/secure-boot.crt',
} as const;

/** The fetcher's: user `b3iq-fetch`, readable by all, trusted by nobody. */
export const FETCH_PLACES = {
  state: '/var/lib/b3iq-fetch',
  report: '/run/b3iq-fetch/report.json',
  stick: '/run/b3iq-update-stick',
} as const;

/** The root program's. */
export const INSTALL_PLACES = {
  record: '/var/lib/b3iq-update/record.json',
  staging: '/var/lib/b3iq-update/staging',
  report: '/run/b3iq-update/report.json',
  facts: '/run/b3iq-update/facts.json',
  /** Exists while the running version has not proven itself. */
  trial: '/run/b3iq-update/trial',
  /** The public half of the key that signs what may open this machine's disk; systemd-stub left it. */
  diskKey: '/run/systemd/tpm2-pcr-public-key.pem',
} as const;

/** Names in the fetcher's state folder. */
export const FETCHED = {
  /** The manifest found in each place at the last look. */
  offer: (from: 'usb' | 'url') => `offer-${from}.json`,
  lookEnded: 'look-ended.json',
  fetchEnded: 'fetch-ended.json',
  /** The manifest whose files are here whole, each under its SHA-256. */
  chosen: 'chosen.json',
  files: 'files',
} as const;
