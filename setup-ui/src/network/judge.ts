/** Judges the join form: the request it makes, or what has to be corrected. Pure; the machine judges again. */
import type { WifiNetwork } from '@b3iq/wire/local-api';
import { ssidToHex } from '../flow/parse.ts';
import type { JoinDraft, JoinErrors, JoinReading, SecurityChoice } from './types.ts';

export const emptyDraft: JoinDraft = {
  name: '',
  security: 'wpa2',
  password: '',
  identity: '',
  eap: 'peap',
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
  const server = draft.serverDomain.trim();
  const isCompany = security === 'enterprise';
  const password = security === 'open' ? undefined : judgeSecret(draft.password, isCompany);
  const errors: JoinErrors = {
    ...(ssidHex === undefined && { name: 'error_name' as const }),
    ...(password !== undefined && { password }),
    ...(isCompany && (identity === '' || identity.length > 128) && { identity: 'error_identity' as const }),
    ...(isCompany && !isServerName(server) && { serverDomain: 'error_server' as const }),
  };
  if (ssidHex === undefined || Object.keys(errors).length > 0) return { kind: 'wrong', errors };
  return {
    kind: 'ready',
    request: {
      ssid_hex: ssidHex,
      ...(security !== 'open' && { password: draft.password }),
      ...(network === undefined && { hidden: true, security: draft.security }),
      ...(isCompany && { identity, eap: draft.eap, ...(server !== '' && { server_domain: server }) }),
    },
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

/** A name such as `radius.example.com`; empty is no name, which is allowed. */
function isServerName(name: string): boolean {
  return (
    name === '' ||
    (name.length <= 253 && /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]+$/i.test(name))
  );
}
