/**
 * Readings that may hang: bounded in time, and never two at once of the same.
 * Separate because a driver that is stuck holds whoever reads it, and only not asking again keeps that to one.
 */

/** What `work` gives within `limitMs`; undefined when it failed or took longer. It is not ended by that. */
export async function bounded<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, limitMs, undefined);
  });
  try {
    return await Promise.race([work, limit]);
  } catch {
    return undefined; // what cannot be measured is told as not readable
  } finally {
    clearTimeout(timer);
  }
}

/** The same reader, bounded; while a call that took too long is still under way, further ones get undefined at once. */
export function oneAtATime<T>(read: () => Promise<T>, limitMs: number): () => Promise<T | undefined> {
  let stuck = false;
  return async () => {
    if (stuck) return undefined;
    stuck = true;
    const work = read().finally(() => {
      stuck = false;
    });
    return bounded(work, limitMs);
  };
}
