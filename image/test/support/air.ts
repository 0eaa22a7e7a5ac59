/**
 * What is in the air around the machine: a home router and a phone, on simulated radios of their own.
 * Separate because every journey by radio is told in these words.
 */
import type { Guest } from '../../vm/guest.ts';
import type { PageAnswer, PageRequest } from './page.ts';
import { quoted, scenario } from './scenario.ts';

export interface Router {
  readonly ssid: string;
  readonly security: 'open' | 'wpa2' | 'wpa3' | 'mixed' | 'enterprise';
  readonly password?: string;
  /** The first three numbers of its /24. */
  readonly subnet?: string;
  /** `portal`: a login page of its own stands in front. */
  readonly internet?: 'yes' | 'no' | 'portal';
  readonly hidden?: boolean;
  /** `false`: nobody answers DHCP. */
  readonly addresses?: boolean;
}

/** The buyer's own router: a name and a password that every quoting mistake stumbles over. */
export const HOME = { ssid: 'Müller & Söhne', password: 'Spätzle; $HOME "quoted"' } as const;

/** The name as the wire and the API carry it. */
export const hexOf = (ssid: string) => Buffer.from(ssid, 'utf8').toString('hex');

/** Switches the router on, or to another behaviour. */
export async function routerOn(guest: Guest, router: Router): Promise<void> {
  await scenario(guest, 'router.sh', {
    SSID_HEX: hexOf(router.ssid),
    SECURITY: router.security,
    PASSWORD: router.password ?? '',
    SUBNET: router.subnet ?? '192.168.77',
    INTERNET: router.internet ?? 'yes',
    HIDDEN: router.hidden === true ? 'yes' : 'no',
    ADDRESSES: router.addresses === false ? 'no' : 'yes',
  });
}

/** Pulls the router's plug. */
export const routerOff = (guest: Guest) => scenario(guest, 'router-off.sh');

export interface Lease {
  readonly address: string;
  readonly gateway: string;
  readonly dns: string;
}

/** Joins a network with the phone and gets an address. @throws Error with what wpa_supplicant or udhcpc said */
export async function phoneJoins(guest: Guest, ssid: string, password?: string): Promise<Lease> {
  const said = await scenario(guest, 'phone.sh', { SSID: ssid, PASSWORD: password ?? '' });
  const [address = '', gateway = '', dns = ''] = said.split('\n').at(-1)?.split(' ') ?? [];
  return { address, gateway, dns };
}

export const phoneLeaves = (guest: Guest) => scenario(guest, 'phone-off.sh');

/** Asks for a URL as the phone would: the name from the network's own DNS server, then one request, no redirects. */
export async function phoneFetches(
  guest: Guest,
  url: string,
  options: PageRequest & { readonly dns: string },
): Promise<PageAnswer> {
  const headers = Object.entries({
    ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...options.headers,
  }).map(([name, value]) => `--header ${quoted(`${name}: ${value}`)}`);
  const said = await scenario(guest, 'fetch.sh', {
    NAMESPACE: 'phone',
    URL: url,
    DNS: options.dns,
    METHOD: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
    BODY: options.body === undefined ? '' : JSON.stringify(options.body),
    HEADERS: headers.join(' '),
    PATIENCE: String(options.patienceS ?? 60),
  });
  const [body = '', facts = ''] = said.split('\n@@@@');
  const [status = '0', location = '', cookie = '', receipt = ''] = facts.split('|');
  const orNot = (text: string) => (text === '' ? undefined : text);
  return {
    status: Number(status),
    location: orNot(location),
    cookie: orNot(cookie.split(';')[0] ?? ''),
    receipt: orNot(receipt),
    body,
  };
}
