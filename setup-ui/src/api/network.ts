/** Networks, joining, and whether the machine answers at its next address. Separate: asked by the wizard and the dashboard. */
import type { JoinRequest, NetworksAnswer } from '@b3iq/wire/local-api';
import { type Answer, call } from './call.ts';

/**
 * A page that follows a vanishing network asks often and gives up soon: a phone keeps sending into a network that is
 * gone for many seconds, and the machine itself answers these within milliseconds.
 */
const SOON_MS = 4000;

/** The networks heard last, and how a join is going. */
export const readNetworks = (): Promise<Answer<NetworksAnswer>> =>
  call('GET', '/api/setup/networks', undefined, SOON_MS);
/** Listens again; with the setup network up the machine announces it first, see `refresh` in the answer. */
export const scanNetworks = (): Promise<Answer<NetworksAnswer>> =>
  call('POST', '/api/setup/networks/scan', {});
/** Starts a join; follow it with `readNetworks`. Its answer may be lost with the setup network. */
export const joinNetwork = (request: JoinRequest): Promise<Answer<NetworksAnswer>> =>
  call('POST', '/api/setup/networks/join', request, SOON_MS);
/** Drops the network in use; the setup network comes back. Its answer may be lost with that network. */
export const forgetNetwork = (): Promise<Answer<NetworksAnswer>> =>
  call('POST', '/api/setup/networks/forget', {}, SOON_MS);

/**
 * Whether the machine answers at another of its addresses. False also when the browser does not let a page ask.
 * @param url  such as `http://b3iq-n7k4.local/`
 */
export async function answersAt(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/health', url), {
      signal: AbortSignal.timeout(SOON_MS),
      cache: 'no-store',
      credentials: 'omit',
    });
    const said: unknown = await response.json();
    return typeof said === 'object' && said !== null && 'state' in said && said.state !== 'unclaimed';
  } catch {
    return false;
  }
}
