/** The limit to measure against: `node:http` in, undici out, nothing decided, nothing kept. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { report } from './messages.ts';

const pool = new Pool(process.argv[2] ?? '', { pipelining: 1 });
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    pool.stream(
      {
        method: 'POST',
        path: request.url ?? '/',
        body: Buffer.concat(parts),
        headers: { 'content-type': 'application/json' },
      },
      ({ statusCode }) => response.writeHead(statusCode, { 'content-type': 'application/json' }),
      () => undefined,
    );
  });
});
server.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port })); // TCP, so an address
