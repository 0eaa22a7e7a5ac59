/**
 * Waiting with a bound, and the sockets a starting process makes when it is ready.
 * Separate because every part of the runner waits, and every wait must say what it waited for.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Asks every `everyMs` until the answer is neither `undefined` nor `false`. @throws Error naming `what` and the last error */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  options: { readonly timeoutMs: number; readonly everyMs?: number },
): Promise<T> {
  const end = performance.now() + options.timeoutMs;
  let last: unknown;
  while (performance.now() < end) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    await pause(options.everyMs ?? 250);
  }
  throw new Error(`${what}: not so after ${options.timeoutMs / 1000} s`, { cause: last });
}

/** Connects as soon as somebody listens. @throws Error when nobody does within 20 s, or `gone` says nobody will */
export async function connectTo(path: string, gone: () => string | undefined): Promise<Socket> {
  let reason: string | undefined;
  const socket = await until(
    `a listener on ${path}`,
    async () => {
      reason = gone();
      if (reason !== undefined) return 'gone' as const;
      const attempt = connect(path);
      await once(attempt, 'connect');
      return attempt;
    },
    { timeoutMs: 20_000, everyMs: 50 },
  );
  if (socket === 'gone') throw new Error(reason);
  // Whoever uses the socket sees it close; an error says nothing more.
  return socket.on('error', () => undefined);
}
