/**
 * Whether a certificate somebody brings can be used, said before anything is written.
 * Separate because all of it is hostile input, and a wrong one would lock the owner out of the https door.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { CodedError } from '../errors.ts';
import type { CertificateFacts } from './plan.ts';

/** A key and its chain, leaf first, as a TLS server takes them. */
export interface KeyAndChain {
  readonly keyPem: string;
  readonly chainPem: string;
  readonly leaf: X509Certificate;
}

/** A real chain has two or three. */
const MAX_CHAIN = 8;

const refuse = (detail: string, cause?: unknown): CodedError =>
  new CodedError('certificate_refused', detail, { cause });

/**
 * Reads a PEM chain and a PEM key that belong together and are valid now.
 * @param nowMs  Unix ms; `undefined` takes a certificate whatever its dates, as for one that is already in use
 * @throws certificate_refused with a sentence that says what is wrong
 */
export function readKeyAndChain(chainPem: string, keyPem: string, nowMs: number | undefined): KeyAndChain {
  const chain = readChain(chainPem);
  const [leaf] = chain;
  if (leaf === undefined)
    throw refuse(
      'There is no certificate in the text. Paste it from -----BEGIN CERTIFICATE----- to the end.',
    );
  const key = readKey(keyPem);
  if (!leaf.checkPrivateKey(key))
    throw refuse('The private key does not belong to the certificate. Send the matching pair.');
  const { notBeforeMs, notAfterMs, names } = factsOf(leaf);
  if (names.length === 0)
    throw refuse('The certificate names no host (subject alternative name). Browsers refuse such a one.');
  if (nowMs !== undefined && nowMs >= notAfterMs)
    throw refuse('The certificate has expired. Send one that is valid today.');
  if (nowMs !== undefined && nowMs < notBeforeMs)
    throw refuse(
      'The certificate is not valid yet. Check this machine’s clock, or send one that is valid today.',
    );
  for (const [i, certificate] of chain.entries()) {
    const issuer = chain[i + 1];
    if (issuer !== undefined && !(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)))
      throw refuse(
        'The chain is not in order. Send the machine’s certificate first, then each one’s issuer.',
      );
  }
  const plain = {
    keyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    chainPem: chain.map((certificate) => certificate.toString()).join(''),
    leaf,
  };
  try {
    createSecureContext({ key: plain.keyPem, cert: plain.chainPem });
  } catch (cause) {
    throw refuse(
      'This kind of certificate cannot be used for https. Use a P-256 or an RSA key of 2048 bits or more.',
      cause,
    );
  }
  return plain;
}

/** Times and names of a certificate. */
export function factsOf(leaf: X509Certificate): CertificateFacts {
  const names = (leaf.subjectAltName ?? '').split(', ').flatMap((entry) => {
    const found = /^(?:DNS|IP Address):([^"\s]+)$/.exec(entry)?.[1];
    return found === undefined ? [] : [found.toLowerCase()];
  });
  return { notBeforeMs: leaf.validFromDate.getTime(), notAfterMs: leaf.validToDate.getTime(), names };
}

function readChain(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length > MAX_CHAIN)
    throw refuse(`There are more than ${MAX_CHAIN} certificates. Send this machine’s chain only.`);
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw refuse('The certificate cannot be read. It must be PEM text as its issuer gave it.', cause);
  }
}

function readKey(pem: string): KeyObject {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(pem))
    throw refuse('The private key is protected by a password. Send it without, over this connection only.');
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw refuse('The private key cannot be read. It must be PEM text.', cause);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength;
  const isKnown = key.asymmetricKeyType === 'ec' || (key.asymmetricKeyType === 'rsa' && (bits ?? 0) >= 2048);
  if (!isKnown)
    throw refuse('This kind of key cannot be used. Use a P-256 key, or an RSA key of 2048 bits or more.');
  return key;
}
