/**
 * Handing over a secret that exists only now: alone on stdout, inside the JSON, or in a file of its own.
 * Separate so that a key and a recovery code are never lost in two different ways.
 */
import { type Output, ReaderGone } from '../output.ts';
import { CliError, problem } from '../problems.ts';
import type { SecretFile } from '../secrets.ts';

export interface ShownOnce {
  readonly secret: string;
  /** The rest of the answer, for --json. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Name of the secret in the JSON. */
  readonly field: string;
  /** A sentence for a person, to stderr. */
  readonly note: string;
  /** What happened and what to do when nobody could read the secret. */
  readonly lost: string;
}

/** @param file  where to put it instead of stdout @throws internal when it reached nobody */
export async function deliverOnce(out: Output, file: SecretFile | undefined, once: ShownOnce): Promise<void> {
  const isFiled = file !== undefined && (await filed(out, file, once.secret));
  try {
    if (isFiled) {
      if (out.json) await out.data({ ...once.data, [`${once.field}_file`]: file.path });
      await out.note(`It is in ${file.path}, readable by you alone.`);
    } else if (out.json) await out.data({ ...once.data, [once.field]: once.secret });
    else {
      await out.note(once.note);
      await out.line(once.secret);
    }
  } catch (error) {
    if (error instanceof ReaderGone && !isFiled) throw problem('internal', once.lost, error);
    throw error;
  }
}

/** False when the disk refused; the secret then goes to stdout, which beats losing it. */
async function filed(out: Output, file: SecretFile, secret: string): Promise<boolean> {
  try {
    await file.fill(secret);
    return true;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    await file.discard();
    await out.warn(`${error.trouble.detail} It is printed here instead.`);
    return false;
  }
}
