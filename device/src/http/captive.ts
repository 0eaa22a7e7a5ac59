/**
 * What a phone that has just joined the hotspot is told: not the answer its probe hopes for, but where the page is.
 * Separate because it must hold for every name and path a phone may ask for, by catching all, never by a list.
 */
import type { IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';

/** The address of ours a request came in on, IPv4 in its plain form. `undefined` on a unix socket. */
export function arrivalAddress(request: Pick<IncomingMessage, 'socket'>): string | undefined {
  return request.socket.localAddress?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

export interface Captive {
  /** Whether a request came over the hotspot while that is the way to the setup page. */
  readonly applies: (request: IncomingMessage) => boolean;
  /** Leads to the setup page by an address that needs no name. */
  readonly redirect: (request: Request, response: Response) => void;
}

/**
 * @param hotspotAddress  the machine's address on its own hotspot, while that is up and open for setup
 * @see RFC 8952 §2.5; a certificate phones trust would be needed for RFC 8908, so no option 114 is announced
 */
export function captive(hotspotAddress: () => string | undefined): Captive {
  return {
    applies(request) {
      const address = arrivalAddress(request);
      return address !== undefined && address === hotspotAddress();
    },
    redirect(request, response) {
      // Not the `Host` that came: it is the probe's. `no-store`, or the phone remembers it for the real site.
      response
        .status(302)
        .set({ location: `http://${arrivalAddress(request)}/setup/`, 'cache-control': 'no-store' })
        .end();
    },
  };
}
