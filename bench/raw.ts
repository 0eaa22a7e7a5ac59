/** The limit to measure against: `node:http` in, undici's fastest call out, nothing decided, nothing kept. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { report } from './messages.ts';

const HEADERS = { 'content-type': 'application/json' };
const pool = new Pool(process.argv[2] ?? '', { pipelining: 1 });
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    pool.dispatch(
      { method: 'POST', path: request.url ?? '/', headers: HEADERS, body: Buffer.concat(parts) },
      {
        onRequestStart() {},
        onResponseStart(_controller, status, { 'content-length': length }) {
          response.writeHead(status, { ...HEADERS, 'content-length': String(length) }); // the mock always sends it
        },
        onResponseData(_controller, chunk) {
          response.write(chunk);
        },
        onResponseEnd() {
          response.end();
        },
        onResponseError() {
          response.destroy();
        },
      },
    );
  });
});
server.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port })); // TCP, so an address
