/** Reading a body and sending JSON. Separate because both the router and the answers need them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CodedError } from '../../errors.ts';

/** The agent bounds bodies for its clients; this only keeps a mistake from filling the engine's memory. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}

/** @throws body_too_large */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new CodedError('body_too_large', `Expected at most ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
