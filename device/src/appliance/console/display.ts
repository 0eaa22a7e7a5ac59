/**
 * What the agent tells the console: one small file, nothing secret. Pure.
 * Separate because two programs with different rights meet in it: the console holds the label's secrets and has no other
 * way to ask, the agent never learns them.
 */
import { NODE_STATES } from '@b3iq/wire/local-api';
import { z } from 'zod';

/** Such as `B3IQ-N7K4`; `B3IQ` when the label cannot be read. */
const name = z.string().regex(/^B3IQ(-[0-9A-Z]{2,8}){0,2}$/);

/** The agent could not start and says why, in plain sentences for whoever stands there: no page can. */
const faultFile = z.strictObject({ version: z.literal(1), name, fault: z.string().min(1).max(400) });

const statusFile = z.strictObject({
  version: z.literal(1),
  name,
  state: z.enum(NODE_STATES),
  /** Who made the label's secrets; `null` when its record cannot be read. Only a factory prints a label. */
  sealed_by: z.enum(['self', 'factory']).nullable(),
  /** Addresses a browser can use, the best first; empty without a network. */
  addresses: z.array(z.union([z.ipv4(), z.ipv6()])).max(16),
  /** The machine's own address on its hotspot while that is up. */
  hotspot_address: z.ipv4().nullable(),
  /** SHA-256 of the certificate port 443 shows. */
  fingerprint_sha256: z
    .string()
    .regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
    .nullable(),
});
export type Display = Readonly<z.infer<typeof statusFile>>;
export type Fault = Readonly<z.infer<typeof faultFile>>;
const displayFile = z.union([statusFile, faultFile]);

/** The file's text; always ends with a line break, so that a cut one is known. */
export const formatDisplay = (display: Display | Fault): string => `${JSON.stringify(display)}\n`;

/** What a whole file says; undefined for anything else. */
export function parseDisplay(text: string): Display | Fault | undefined {
  if (!text.endsWith('\n') || text.length > 16_384) return undefined;
  try {
    return displayFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
