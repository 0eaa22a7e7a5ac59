/** The session cookie, in and out. Separate so that its flags are in one place. */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Response } from 'express';

/**
 * Two names, for a browser lets nothing on plain http touch a `Secure` cookie: with one name, an owner who once signed
 * in over https could not sign in over http again. `__Host-` also keeps a stranger on the network from planting one.
 * @see RFC 6265bis §4.1.3.2, §5.7
 */
const NAMES = { http: 'b3iq_session', https: '__Host-b3iq_session' } as const;
/** Thirty days, as long as an unused session lives. */
const MAX_AGE_S = 30 * 24 * 60 * 60;

/** Whether a request came over TLS. */
export function isTls(request: Pick<IncomingMessage, 'socket'>): boolean {
  return (request.socket as Partial<TLSSocket>).encrypted === true; // the only way node tells them apart
}
const nameOf = (request: IncomingMessage): string => NAMES[isTls(request) ? 'https' : 'http'];

/** Values of the session cookie; another program on this computer can add ones of its own, so there may be several. */
export function readCookies(request: IncomingMessage): readonly string[] {
  const wanted = nameOf(request);
  const values = (request.headers.cookie ?? '').split(';').flatMap((pair) => {
    const [name, value] = pair.trim().split('=', 2);
    return name === wanted && value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? [value] : [];
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
  const secure = isTls(request) ? '; Secure' : '';
  return `${nameOf(request)}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict${secure}`;
}
