/**
 * Passwords, tokens and keys on their way in and out: from a file, stdin, the environment or a hidden prompt, and
 * into a file only its owner can read. Separate because each of these has a trap, and they belong in one place.
 */
import { constants } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { stripOneNewline } from './argv/parse.ts';
import type { SecretSource } from './argv/types.ts';
import type { CliIo } from './io.ts';
import type { Output } from './output.ts';
import { problem, usage } from './problems.ts';

/** Longest secret that is read, bytes: a password of 256 characters of 4 bytes, or a setup link, with room. */
const MAX_SECRET_BYTES = 4096;

/**
 * The secret without the one newline files end in.
 * @param what  for the sentences: `password`, `setup token`, `API key`
 * @throws CliError (exit 2) when it cannot be read, is empty, too long or not UTF-8
 */
export async function readSecret(
  source: SecretSource,
  what: string,
  io: CliIo,
  out: Output,
): Promise<string> {
  const secret = stripOneNewline(await readSource(source, what, io, out));
  if (secret === '') throw usage(`The ${what} is empty. Check where it comes from: ${told(source)}.`);
  return secret;
}

function told(source: SecretSource): string {
  return source.kind === 'file' ? source.path : source.kind === 'environment' ? 'the environment' : 'stdin';
}

async function readSource(source: SecretSource, what: string, io: CliIo, out: Output): Promise<string> {
  switch (source.kind) {
    case 'environment':
      return io.env.B3IQ_SETUP_TOKEN ?? '';
    case 'stdin':
      return readText(io.stdin, MAX_SECRET_BYTES, `The ${what}`);
    case 'prompt':
      return promptTwice(what, io, out);
    case 'file':
      return readSecretFile(source.path, what, out);
  }
}

async function readSecretFile(path: string, what: string, out: Output): Promise<string> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw usage(`The ${what} cannot be read from ${path} (${errno(cause)}). Check the path.`, cause);
  });
  try {
    const { mode } = await file.stat();
    const isPlain = (mode & constants.S_IFMT) === constants.S_IFREG;
    if (isPlain && (mode & 0o077) !== 0)
      await out.warn(
        `Other users of this computer can read ${path}. Make it yours alone: \`chmod 600 ${path}\`.`,
      );
    return await readText(file.createReadStream({ autoClose: false }), MAX_SECRET_BYTES, `The ${what}`);
  } finally {
    await file.close();
  }
}

/**
 * A whole stream as UTF-8 text.
 * @param maxBytes  more is refused before it is held   @param subject  such as `The prompt`, begins the sentence
 */
export async function readText(
  stream: AsyncIterable<Buffer | string>,
  maxBytes: number,
  subject: string,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes)
      throw usage(`${subject} is longer than ${maxBytes.toLocaleString('en-US')} bytes. Give a shorter one.`);
    chunks.push(bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw usage(`${subject} is not UTF-8 text. Save it as UTF-8 and try again.`, cause);
  }
}

/** A text file that holds no secret. @throws CliError (exit 2) when it cannot be read, is too long or not UTF-8 */
export async function readTextFile(path: string, maxBytes: number, subject: string): Promise<string> {
  const file = await open(path, 'r').catch((cause) => {
    throw usage(`${subject} cannot be read from ${path} (${errno(cause)}). Check the path.`, cause);
  });
  try {
    return await readText(file.createReadStream({ autoClose: false }), maxBytes, subject);
  } finally {
    await file.close();
  }
}

/** Asks at the terminal, twice because nothing is shown. */
async function promptTwice(what: string, io: CliIo, out: Output): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: io.stdin, output: silent, terminal: true });
  reader.on('SIGINT', () => reader.close());
  // Lines are kept from the start on, so that nothing typed ahead is lost.
  const lines = reader[Symbol.asyncIterator]();
  const ask = async (words: string): Promise<string> => {
    await out.warn(words);
    const line = await lines.next();
    if (line.done) throw usage('Stopped. Nothing was changed.');
    return line.value;
  };
  try {
    const first = await ask(`Type the ${what} and press Enter; it is not shown.`);
    const second = await ask('Once more, to be sure.');
    if (first !== second) throw usage('The two were not the same. Nothing was changed; try again.');
    return first;
  } finally {
    reader.close();
  }
}

/** A file that will hold a secret: made before the secret is, so that no secret is lost for want of a place. */
export interface SecretFile {
  readonly path: string;
  /** Writes the text and one newline, or the bytes as they are, durably. */
  fill(content: string | Uint8Array): Promise<void>;
  /** Takes the empty file away again. */
  discard(): Promise<void>;
}

/** Creates `path`, readable by this user alone unless `mode` says more. An existing file is never replaced.
 *  @throws CliError (exit 2) */
export async function reserveFile(path: string, mode = 0o600): Promise<SecretFile> {
  const file = await open(path, 'wx', mode).catch((cause) => {
    throw errno(cause) === 'EEXIST'
      ? usage(`${path} exists already and is not replaced. Name another file.`, cause)
      : usage(`${path} cannot be written (${errno(cause)}). Name another place.`, cause);
  });
  return {
    path,
    fill: async (content) => {
      try {
        await file.writeFile(typeof content === 'string' ? `${content}\n` : content);
        await file.sync();
      } catch (cause) {
        throw problem('store_write_failed', `${path} could not be written (${errno(cause)}).`, cause);
      } finally {
        await file.close();
      }
    },
    discard: async () => {
      await file.close();
      await unlink(path).catch(() => {}); // gone already is as good
    },
  };
}

/** `ENOENT` and the like, for a sentence; never the error's own text. */
export function errno(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
