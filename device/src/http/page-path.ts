/** The path of a request to the path of a file, or to nothing. Pure; separate because every trick with paths ends here. */

/** Segments below the pages' folder, and whether a folder's page was asked for. */
export interface PagePath {
  readonly segments: readonly string[];
  readonly isFolder: boolean;
}

/**
 * @param path  as it stands in the request line, without the query
 * @returns `undefined` for whatever no page of ours is called: dot files, `..`, back-slashes, control characters,
 *   encoded slashes, empty segments, bad encodings
 */
export function parsePagePath(path: string): PagePath | undefined {
  if (!path.startsWith('/') || path.length > 1024 || /%2f|%5c/i.test(path)) return undefined;
  let plain: string;
  try {
    plain = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (/[\p{Cc}\p{Cf}\\:]/u.test(plain)) return undefined;
  const segments = plain.split('/').slice(1);
  const isFolder = segments.at(-1) === '';
  if (isFolder) segments.pop();
  if (segments.some((segment) => segment === '' || segment.startsWith('.'))) return undefined;
  return { segments, isFolder };
}
