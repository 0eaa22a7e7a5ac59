/**
 * Makes the machine's own certificate: P-256, signed by its own key, for its `.local` names.
 * Separate because it is the only code that writes ASN.1. No address is in it: addresses change with the network, and
 * with each change the fingerprint an owner has compared would change too.
 */
import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';
import { BACKDATE_MS, LIFE_MS } from './plan.ts';

/** @see RFC 5758 §3.2 */
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
/** @see RFC 4519 §2.3 */
const COMMON_NAME = '2.5.4.3';

/**
 * @param key  a P-256 private key      @param names  DNS names, the first is the subject      @param nowMs  Unix ms
 * @returns PEM      @see RFC 5280, CA/Browser Forum Baseline Requirements §7.1.2
 */
export function issueOwnCertificate(
  key: KeyObject,
  names: readonly [string, ...string[]],
  nowMs: number,
): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const algorithm = new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  const subject = nameOf(names[0]);
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40; // positive and never shorter: RFC 5280 §4.1.2.2
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: bufferOf(serial),
    signature: algorithm,
    issuer: subject,
    validity: new Validity({
      notBefore: wholeSeconds(nowMs - BACKDATE_MS),
      notAfter: wholeSeconds(nowMs - BACKDATE_MS + LIFE_MS),
    }),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    extensions: extensionsOf(names, spki),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), key);
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: bufferOf(signature),
  });
  const base64 = Buffer.from(AsnConvert.serialize(certificate)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function extensionsOf(names: readonly string[], spki: Buffer): Extensions {
  const keyId = createHash('sha1').update(spki).digest(); // only a label for the key: RFC 5280 §4.2.1.2
  return new Extensions([
    extension(
      id_ce_subjectAltName,
      new SubjectAlternativeName(names.map((dNSName) => new GeneralName({ dNSName }))),
    ),
    // A certificate that could sign others would, once trusted, vouch for every site in the world.
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(bufferOf(keyId))),
  ]);
}

function extension(extnID: string, value: unknown, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function nameOf(commonName: string): Name {
  const value = new AttributeValue({ utf8String: commonName });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: COMMON_NAME, value })])]);
}

const wholeSeconds = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000);
/** The library wants a buffer of its own; a small Node buffer is a window on a shared one. */
const bufferOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
