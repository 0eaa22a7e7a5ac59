/**
 * What the machine knows of its own label: names, and the hash of the claim secret; never the secret.
 * Separate because two programs meet here: sealing writes it once, the agent reads it at every start.
 */
import { parseNodeId } from '@b3iq/wire';
import { z } from 'zod';
import { hashLabel } from './secrets.ts';
import type { ClaimSecret } from './types.ts';

const labelFile = z.strictObject({
  version: z.literal(1),
  short_name: z.string().regex(/^B3IQ-[0-9A-HJKMNP-TV-Z]{4}$/),
  node_id: z.string().refine((text) => parseNodeId(text) !== undefined, 'expected a node id'),
  sealed_by: z.enum(['self', 'factory']),
  /** Drawn anew by every factory reset. */
  claim_epoch: z.string().min(1).max(64),
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  scrypt: z.string().regex(/^[0-9a-f]{64}$/),
  hotspot_ssid: z.string().min(1).max(32),
});
/** `/factory/label.json`, handed to the agent as the credential `label`. Nothing in it is secret by itself. */
export type Label = Readonly<z.infer<typeof labelFile>>;

/** The label in `text`; undefined when anything is wrong with it. */
export function parseLabelFile(text: string): Label | undefined {
  try {
    return labelFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // not JSON
  }
}

/** The file's text. @param secret  the claim secret's 8 Crockford characters, plain */
export async function formatLabelFile(
  facts: Omit<Label, 'version' | 'salt' | 'scrypt'>,
  secret: string,
): Promise<string> {
  const hashed = await hashLabel(secret);
  if (hashed.kind !== 'label') throw new Error('a label is hashed as a label');
  const label: Label = { version: 1, ...facts, salt: hashed.salt, scrypt: hashed.scrypt };
  return `${JSON.stringify(labelFile.parse(label), null, 2)}\n`;
}

/** What the claim compares with. */
export function secretOf({ salt, scrypt }: Label): ClaimSecret {
  return { kind: 'label', salt, scrypt };
}
