/** Judges the join form: the request it makes, or what has to be corrected. Pure; the machine judges again. */
import type { JoinRequest, WifiNetwork } from '@b3iq/wire/local-api';
import { ssidToHex } from '../flow/parse.ts';
import type { JoinDraft, JoinErrors, JoinReading, SecurityChoice } from './types.ts';

export const emptyDraft: JoinDraft = {
  name: '',
  security: 'wpa2',
  password: '',
  identity: '',
  eap: 'peap',
  trust: 'certificate',
  authority: '',
  serverDomain: '',
};

/** What this network asks of whoever joins; undefined when the machine cannot join it. */
export function securityOf(network: WifiNetwork | undefined, draft: JoinDraft): SecurityChoice | undefined {
  if (network === undefined) return draft.security;
  return network.security === 'unsupported' ? undefined : network.security;
}

/** @param network  the one in the list, or undefined for one that does not say its name */
export function readJoin(draft: JoinDraft, network: WifiNetwork | undefined): JoinReading {
  const security = securityOf(network, draft);
  const ssidHex = network?.ssid_hex ?? ssidToHex(draft.name);
  const identity = draft.identity.trim();
  const isCompany = security === 'enterprise';
  const password = security === 'open' ? undefined : judgeSecret(draft.password, isCompany);
  const errors: JoinErrors = {
    ...(ssidHex === undefined && { name: 'error_name' as const }),
    ...(password !== undefined && { password }),
    ...(isCompany && (identity === '' || identity.length > 128) && { identity: 'error_identity' as const }),
    ...(isCompany && judgeTrust(draft)),
  };
  if (ssidHex === undefined || Object.keys(errors).length > 0) return { kind: 'wrong', errors };
  return {
    kind: 'ready',
    request: {
      ssid_hex: ssidHex,
      ...(security !== 'open' && { password: draft.password }),
      ...(network === undefined && { hidden: true, security: draft.security }),
      ...(isCompany && { identity, eap: draft.eap, ...trustOf(draft) }),
    },
  };
}

/** What the machine needs to tell the company's server from another, or what is missing. Limits as the wire's. */
function judgeTrust({
  trust,
  authority,
  serverDomain,
}: JoinDraft): Pick<JoinErrors, 'authority' | 'serverDomain'> {
  const server = serverDomain.trim();
  const isWrong = server === '' ? trust === 'name' : !isServerName(server);
  const isNamed = trust !== 'none' && isWrong;
  return {
    ...(trust === 'certificate' && judgeAuthority(authority)),
    ...(isNamed && {
      serverDomain: server === '' ? ('error_server_missing' as const) : ('error_server' as const),
    }),
  };
}

function judgeAuthority(pem: string): Pick<JoinErrors, 'authority'> {
  if (/PRIVATE KEY-----/.test(pem)) return { authority: 'error_authority_key' };
  const isOne = /-----BEGIN CERTIFICATE-----/.test(pem) && pem.length <= 65_536;
  return isOne ? {} : { authority: 'error_authority' };
}

function trustOf({ trust, authority, serverDomain }: JoinDraft): Partial<JoinRequest> {
  const server = serverDomain.trim();
  return {
    ...(trust === 'certificate' && { ca_certificate_pem: authority }),
    ...(trust !== 'none' && server !== '' && { server_domain: server }),
  };
}

/** @see IEEE 802.11 Annex J.4: a passphrase of 8 to 63 bytes, or the key itself as 64 hex digits */
function judgeSecret(password: string, isCompany: boolean): JoinErrors['password'] {
  if (isCompany) {
    if (password === '') return 'error_password_missing';
    return password.length > 128 ? 'error_password_long' : undefined;
  }
  const bytes = new TextEncoder().encode(password).length;
  if (bytes < 8) return 'error_password_short';
  return bytes <= 63 || /^[0-9a-fA-F]{64}$/.test(password) ? undefined : 'error_password_long';
}

/** A name such as `radius.example.com`. */
function isServerName(name: string): boolean {
  return name.length <= 253 && /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]+$/i.test(name);
}
