/** Looks at a model file before a native loader does: is it there, is its header sound, are its bytes the expected ones.
 *  Separate because it runs in the agent, before a process is spent on the file. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CodedError } from '../../errors.ts';
import { readModelHeader } from '../../models/gate/read.ts';

/** Remembers which bytes were verified, so that a restart does not read 80 GB again. */
export class ModelFileCheck {
  readonly #path: string;
  readonly #sha256: string | undefined;
  #verified: string | undefined;

  /** @param sha256  expected digest, 64 lower-case hex characters; `undefined` skips the comparison */
  constructor(path: string, sha256: string | undefined) {
    this.#path = path;
    this.#sha256 = sha256;
  }

  /** @throws model_file_refused with a sentence that names the file's base name */
  async check(signal: AbortSignal): Promise<void> {
    const file = basename(this.#path);
    const facts = await stat(this.#path, { bigint: true }).catch((cause: unknown) => {
      throw new CodedError('model_file_refused', `${file} is not there or may not be read.`, { cause });
    });
    const header = await readModelHeader(this.#path, { signal }).catch((cause: unknown) => {
      throw cause instanceof CodedError
        ? new CodedError(cause.code, `${file}: ${cause.detail}`, { cause })
        : cause;
    });
    if (header.kind !== 'gguf')
      throw new CodedError(
        'model_file_refused',
        `${file} is no GGUF, the only format this engine reads. Fetch it as GGUF.`,
      );
    if (this.#sha256 === undefined) return;
    const version = `${facts.dev}:${facts.ino}:${facts.size}:${facts.mtimeNs}:${facts.ctimeNs}`;
    if (this.#verified === version) return;
    if ((await digest(this.#path, signal)) !== this.#sha256)
      throw new CodedError(
        'model_file_refused',
        `${file} does not hold the bytes it should: it is damaged or was changed. Fetch it again.`,
      );
    this.#verified = version;
  }
}

async function digest(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  // Pieces of a tenth of a millisecond: others are being answered meanwhile.
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 17, signal })) hash.update(chunk);
  return hash.digest('hex');
}
