/** The limit to measure against: `node:http` in, undici's fastest call out, nothing decided, nothing kept. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { listening, taskOf } from '../harness/messages.ts';

const { origin } = await taskOf<{ readonly origin: string }>();
const HEADERS = { 'content-type': 'application/json' };
const pool = new Pool(origin, { pipelining: 1 });
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    pool.dispatch(
      { method: 'POST', path: request.url ?? '/', headers: HEADERS, body: Buffer.concat(parts) },
      {
        onRequestStart() {},
        onResponseStart(_controller, status, { 'content-length': length, 'content-type': type }) {
          response.writeHead(status, {
            'content-type': String(type), // the mock always sends it
            ...(length === undefined ? {} : { 'content-length': String(length) }),
          });
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
server.listen(0, '127.0.0.1', () => listening((server.address() as AddressInfo).port)); // TCP, so an address
