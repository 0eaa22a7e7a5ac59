/** The label's secrets as sealing stores them, to what the console shows. Pure; separate because it is the only reader. */
import { z } from 'zod';
import type { LabelSecrets } from './plan.ts';

const labelSecrets = z.object({
  claim_secret: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{8}$/),
  /** Longer ones would need a code that no longer fits the screen; sealing makes 12. */
  hotspot_password: z.string().regex(/^[\x21-\x7e]{8,20}$/),
});

/** @param text  of the credential `label`; undefined gives undefined, as does anything that is not such a file */
export function parseLabelSecrets(text: string | undefined): LabelSecrets | undefined {
  try {
    return labelSecrets.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}
