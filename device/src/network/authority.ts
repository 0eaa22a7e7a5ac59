/**
 * The certificate of a company's authority, as somebody pasted it. Separate because reading one takes `node:crypto`, and
 * a wrong one is better refused at once than after half a minute in the air.
 */
import { X509Certificate } from 'node:crypto';
import { CodedError } from '../errors.ts';

/** A company has one, or an old one and its successor; more is a bundle of the whole world's. */
const MAX_CERTIFICATES = 8;

const refuse = (detail: string, cause?: unknown) =>
  new CodedError('invalid_request', `${detail} Nothing was tried.`, { param: 'ca_certificate_pem', cause });

/**
 * The certificates in `text`, each as PEM, and nothing else of it. Their dates are not judged: before a network there is no
 * clock to judge by.
 * @throws invalid_request with what is wrong
 */
export function readAuthority(text: string): string {
  if (/PRIVATE KEY-----/.test(text))
    throw refuse('That is a private key. The company’s certificate is asked for, which is no secret.');
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0)
    throw refuse('There is no certificate in the text. It begins with -----BEGIN CERTIFICATE-----.');
  if (blocks.length > MAX_CERTIFICATES)
    throw refuse(`There are more than ${MAX_CERTIFICATES} certificates. Send the company’s own only.`);
  try {
    return blocks.map((block) => new X509Certificate(block).toString()).join('');
  } catch (cause) {
    throw refuse('The certificate cannot be read. It must be PEM text as the company gave it.', cause);
  }
}
