/** Waiting on a condition with a bound; the error tells the last thing seen. For tests and start-up, never a sleep. */

/**
 * Asks `probe` every `everyMs` until it gives something other than `undefined` or `false`.
 * @param options.timeoutMs  bound, 1–600_000
 * @throws Error naming `what` and the last answer or error
 */
export async function waitFor<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  options: { readonly timeoutMs: number; readonly what: string; readonly everyMs?: number },
): Promise<T> {
  const end = performance.now() + options.timeoutMs;
  let last: unknown;
  while (performance.now() < end) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 20));
  }
  throw new Error(
    `${options.what}: not so after ${options.timeoutMs} ms; last: ${last instanceof Error ? last.message : String(last)}`,
  );
}
