/**
 * One connection to an engine that can tell what has been read from its socket. Separate because undici says of a
 * broken connection neither whether it was a reused one nor whether any of the answer had come; a retry needs both.
 */
import type { Socket } from 'node:net';
import { type buildConnector, Client, type Dispatcher } from 'undici';

/** A handler that wants to know the connection it is sent on, told before anything else. */
export interface LineUser extends Dispatcher.DispatchHandler {
  onLine(line: Line): void;
}

export class Line extends Client {
  readonly #socket: { current: Socket | undefined };

  constructor(origin: URL, options: Client.Options, connect: buildConnector.connector) {
    const socket: { current: Socket | undefined } = { current: undefined };
    super(origin, {
      ...options,
      connect: (target, done) =>
        connect(target, (...outcome) => {
          socket.current = outcome[1] ?? undefined;
          done(...outcome);
        }),
    });
    this.#socket = socket;
  }

  /** Bytes that have come over the present connection, all answers together; 0 on a fresh one. */
  get bytesRead(): number {
    return this.#socket.current?.bytesRead ?? 0;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (isLineUser(handler)) handler.onLine(this);
    return super.dispatch(options, handler);
  }
}

function isLineUser(handler: Dispatcher.DispatchHandler): handler is LineUser {
  return 'onLine' in handler;
}
