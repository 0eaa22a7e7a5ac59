/** The session cookie, in and out. Separate so that its flags are in one place. */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Response } from 'express';

const NAME = 'b3iq_session';
/** Thirty days, as long as an unused session lives. */
const MAX_AGE_S = 30 * 24 * 60 * 60;

/** Values of the session cookie; another program on this computer can add ones of its own, so there may be several. */
export function readCookies(request: IncomingMessage): readonly string[] {
  const values = (request.headers.cookie ?? '').split(';').flatMap((pair) => {
    const [name, value] = pair.trim().split('=', 2);
    return name === NAME && value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? [value] : [];
  });
  return values.slice(0, 4);
}

/** Hands a session out. `Secure` only over TLS: browsers drop such a cookie on the plain-http address of a machine. */
export function setCookie(request: IncomingMessage, response: Response, value: string): void {
  response.append('set-cookie', cookie(request, value, MAX_AGE_S));
}
/** Takes it back. */
export function clearCookie(request: IncomingMessage, response: Response): void {
  response.append('set-cookie', cookie(request, '', 0));
}

function cookie(request: IncomingMessage, value: string, maxAgeS: number): string {
  const isTls = (request.socket as Partial<TLSSocket>).encrypted === true; // the only way node tells them apart
  return `${NAME}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict${isTls ? '; Secure' : ''}`;
}
