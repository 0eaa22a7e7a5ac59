/** Tells the machine's own pages from other sites. Separate because it is the whole of the CSRF defence, and pure. */

/** The headers the decision needs, lower-case names as node gives them. */
export interface OriginHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

/**
 * Whether a call of `/api` may come from where it comes from. `same-site` is refused too: another program's page on
 * another port of this computer is that, and gets the cookie. Browsers always send one of the two headers with
 * anything but a GET, so that a call with neither comes from a program.
 * @param isTls  whether the call came over https
 * @see Go's net/http.CrossOriginProtection, which decides alike; https://web.dev/articles/fetch-metadata
 */
export function isOwnOrigin(headers: OriginHeaders, isTls = false): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (headers.origin === undefined) return true;
  // A page of ours that came over plain http may have been changed on the way: it may not speak for the https one.
  const origin = (isTls ? /^https:\/\/([^/]+)$/i : /^http:\/\/([^/]+)$/i).exec(headers.origin)?.[1];
  return (
    origin !== undefined && headers.host !== undefined && origin.toLowerCase() === headers.host.toLowerCase()
  );
}
