/**
 * The two doors of the agent: the address for apps and browsers, and the unix socket for the command line.
 * Separate from main.ts so that it can be said in one place which request goes to the hot path and which to Express.
 */
import { chmod, lstat, unlink } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { guardServer, SERVER_OPTIONS } from './endpoint/server-options.ts';
import { CodedError } from './errors.ts';

/** Connections at once. A household of apps needs dozens; a flood must leave descriptors for the engines. */
const MAX_CONNECTIONS = 2_048;

/** Bytes of a path in `sockaddr_un`, without the closing zero. @see unix(7) */
const MAX_SOCKET_PATH_BYTES = 107;

/** Binds `path`; a socket left behind by a dead agent is replaced. @throws agent_running, config_invalid */
export async function listenOnSocket(server: Server | TlsServer, path: string): Promise<void> {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES)
    throw new CodedError('config_invalid', `The state folder’s path is too long for a socket: ${path}`);
  try {
    await listen(server, { path });
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'EADDRINUSE')
      throw new CodedError('config_invalid', `No socket can be made at ${path} (${code}). Check the disk.`, {
        cause: error,
      });
    if (await answers(path)) throw new CodedError('agent_running');
    await replaceDead(server, path);
  }
  await chmod(path, 0o600);
}

/**
 * Removes a dead socket and listens in its place. Under a lock that ends with the process: of two agents that start at
 * once and both find it dead, the slower one would otherwise remove the socket of the faster. Node has no flock(2), so
 * the lock is SQLite's.
 */
async function replaceDead(server: Server | TlsServer, path: string): Promise<void> {
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    if (await answers(path)) throw new CodedError('agent_running');
    const found = await lstat(path).catch(() => undefined); // gone already is as good
    if (found?.isSocket() === false)
      throw new CodedError('config_invalid', `${path} is in the way: it is not a socket. Move it elsewhere.`);
    if (found !== undefined) await unlink(path);
    await listen(server, { path });
  } catch (error) {
    const isBeaten = ['ERR_SQLITE_ERROR', 'EADDRINUSE', 'ENOENT'].includes(codeOf(error) ?? '');
    throw isBeaten ? new CodedError('agent_running', undefined, { cause: error }) : error;
  } finally {
    lock.close();
  }
}

/** @throws config_invalid when the port is taken or the address is not this machine's */
export async function listenOnPort(server: Server | TlsServer, host: string, port: number): Promise<string> {
  try {
    await listen(server, { host, port });
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'EADDRINUSE')
      throw new CodedError(
        'config_invalid',
        `Port ${port} is used by another program. Choose another: B3IQ_LISTEN_PORT=8832`,
        { cause },
      );
    if (code === 'EADDRNOTAVAIL' || code === 'EACCES')
      throw new CodedError('config_invalid', `This machine cannot listen on ${host}:${port} (${code}).`, {
        cause,
      });
    throw cause;
  }
  const { address, port: bound, family } = server.address() as AddressInfo; // listening on a port, so no string
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
}

/** Listens on a socket a service manager has bound. @throws config_invalid when the descriptor is no such socket */
export async function listenOnDescriptor(
  server: Server | TlsServer,
  name: string,
  fd: number,
): Promise<void> {
  try {
    await listen(server, { fd });
  } catch (cause) {
    throw new CodedError(
      'config_invalid',
      `What was handed over as ${name} is not a listening socket (${codeOf(cause)}).`,
      { cause },
    );
  }
}

/** A door that answers 503 until there is somebody behind it. */
export class Gate {
  #behind: RequestListener | undefined;
  readonly listener: RequestListener = (request, response) => {
    if (this.#behind !== undefined) this.#behind(request, response);
    else response.writeHead(503, { 'retry-after': '1', 'content-length': '0' }).end();
  };
  open(behind: RequestListener): void {
    this.#behind = behind;
  }
}

export interface Door {
  readonly server: Server | TlsServer;
  /** No new connection; running answers get `graceMs` to end, then everything is cut. */
  close(graceMs: number): Promise<void>;
}

export interface DoorOptions {
  readonly maxBodyBytes: number;
  /** A closed door lets a connection go without a word, as a firewall in front of it would. */
  readonly isOpen?: () => boolean;
  /** PEM key and chain of a door that speaks TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A server with the bounds every door has; `listenOnSocket`, `-Port` or `-Descriptor` opens it. */
export function makeDoor(listener: RequestListener, { maxBodyBytes, isOpen, tls }: DoorOptions): Door {
  const server =
    tls === undefined
      ? createServer(SERVER_OPTIONS, listener)
      : createTlsServer({ ...SERVER_OPTIONS, ...tls, minVersion: 'TLSv1.2' }, listener);
  if (isOpen !== undefined)
    server.prependListener('connection', (socket: Socket) => {
      if (!isOpen()) socket.destroy();
    });
  server.maxConnections = MAX_CONNECTIONS;
  guardServer(server, maxBodyBytes);
  let running = 0;
  let isClosing = false;
  server.on('request', (_request, response) => {
    running += 1;
    response.once('close', () => {
      running -= 1;
      if (isClosing && running === 0) server.closeAllConnections();
    });
  });
  return {
    server,
    close: async (graceMs) => {
      if (!server.listening) return;
      isClosing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Browsers hold connections open that never asked anything: Node does not count those as idle.
      if (running === 0) server.closeAllConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

/** Remembers which connections came through the unix socket. */
export function operatorMark(): {
  mark(server: Server | TlsServer): void;
  isOperator(request: IncomingMessage): boolean;
} {
  const sockets = new WeakSet<Socket>();
  return {
    mark: (server) => server.on('connection', (socket: Socket) => sockets.add(socket)),
    isOperator: (request) => sockets.has(request.socket),
  };
}

function listen(
  server: Server | TlsServer,
  where: { path: string } | { host: string; port: number } | { fd: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
