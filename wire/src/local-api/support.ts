/**
 * `/api/support/*`: what a support bundle holds, the bundle itself, and who was let look at it.
 * Separate because few use it, and because a grant opens nothing but what stands here and the health readings.
 */

/** One file of a bundle, told before it is made. */
export interface BundleFile {
  /** Such as `health/alerts.json`. */
  readonly path: string;
  /** One plain sentence on what is in it. */
  readonly holds: string;
}
/** `GET /api/support/contents` (owner or support grant). `GET /api/support/bundle` gives them as a `.tar.gz`. */
export interface BundleContentsAnswer {
  readonly files: readonly BundleFile[];
  /** What is never in it, in plain words. */
  readonly never: readonly string[];
}
