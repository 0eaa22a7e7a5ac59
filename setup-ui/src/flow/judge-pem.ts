/** Whether two pasted texts can be a certificate and its key. Pure; the machine reads them and decides. */

/** Values are names of strings in `certificate`. */
export interface PemErrors {
  readonly chain?: 'error_chain' | 'error_swapped' | 'error_long';
  readonly key?: 'error_key' | 'error_encrypted' | 'error_long';
}

const KEY = /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/;
const CHAIN = /-----BEGIN CERTIFICATE-----/;

/** What has to be corrected. Limits as the wire's `certificateRequest`. */
export function judgePem(chain: string, key: string): PemErrors {
  return { ...judgeChain(chain), ...judgeKey(key) };
}

function judgeChain(chain: string): PemErrors {
  if (/PRIVATE KEY-----/.test(chain)) return { chain: 'error_swapped' };
  if (!CHAIN.test(chain)) return { chain: 'error_chain' };
  return chain.length > 65_536 ? { chain: 'error_long' } : {};
}

function judgeKey(key: string): PemErrors {
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(key)) return { key: 'error_encrypted' };
  if (!KEY.test(key)) return { key: 'error_key' };
  return key.length > 16_384 ? { key: 'error_long' } : {};
}
