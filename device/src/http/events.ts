/** `GET /api/events`: the status as it changes, to a bounded number of listeners. Separate: it is the one answer that never ends. */
import type { StatusAnswer } from '@b3iq/wire/local-api';
import type { Request, Response } from 'express';
import { CodedError } from '../errors.ts';
import type { Log } from '../os/log.ts';

/** Proxies and phones drop silent connections after 30 s and more. */
const HEARTBEAT_MS = 15_000;
/** Many changes at once become one event. */
const COALESCE_MS = 100;
/** A house has fewer open dashboards; each costs a socket. */
const MAX_LISTENERS = 32;
/** A listener that does not read is let go. */
const MAX_BACKLOG_BYTES = 256 * 1024;

export interface EventDeps {
  readonly status: () => Promise<StatusAnswer>;
  /** Calls `listener` after each change worth telling; returns the way to stop. */
  readonly onChange: (listener: () => void) => () => void;
  /** Ends all streams when the agent stops. */
  readonly stopping: AbortSignal;
  readonly log: Log;
  readonly heartbeatMs?: number;
}

/** A handler; `mayStay` is asked before each event, so that a session that has ended hears nothing more. */
export function eventStreams(
  deps: EventDeps,
): (request: Request, response: Response, mayStay: () => boolean) => void {
  let listeners = 0;
  return (_request, response, mayStay) => {
    if (listeners >= MAX_LISTENERS)
      throw new CodedError('queue_full', 'Too many open dashboards. Close one.', { retryAfterS: 5 });
    listeners++;
    response
      .status(200)
      .set({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    response.flushHeaders();
    let timer: NodeJS.Timeout | undefined;
    const send = async (): Promise<void> => {
      if (!mayStay() || response.writableLength > MAX_BACKLOG_BYTES) {
        response.end();
        return;
      }
      try {
        const status = await deps.status();
        if (!response.writableEnded) response.write(`event: status\ndata: ${JSON.stringify(status)}\n\n`);
      } catch {
        deps.log.warn('http.status_unavailable'); // the stream stays; the next change tries again
      }
    };
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void send();
      }, COALESCE_MS);
    };
    const heartbeat = setInterval(() => {
      response.write(': heartbeat\n\n');
      void send();
    }, deps.heartbeatMs ?? HEARTBEAT_MS);
    const stopListening = deps.onChange(soon);
    const stop = () => response.end();
    deps.stopping.addEventListener('abort', stop, { once: true });
    response.on('error', () => {}); // a listener that leaves in the middle of a write is an ordinary end
    response.once('close', () => {
      listeners--;
      clearTimeout(timer);
      clearInterval(heartbeat);
      stopListening();
      deps.stopping.removeEventListener('abort', stop);
    });
    void send();
  };
}
