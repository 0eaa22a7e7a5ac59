/**
 * Runs the sh scripts of `image/test/guest/` in the guest.
 * Separate because they are laid there once for each machine and call one another.
 */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Guest } from '../../vm/guest.ts';

const SOURCES = new URL('../guest/', import.meta.url);
const PLACE = '/run/b3iq-test';
const laid = new WeakSet<Guest>();

/** @param name such as `router.sh` @param values become its environment; any bytes but NUL */
export async function scenario(
  guest: Guest,
  name: string,
  values: Readonly<Record<string, string>> = {},
  timeoutMs = guest.limits.taskMs,
): Promise<string> {
  if (!laid.has(guest)) {
    await lay(guest);
    laid.add(guest);
  }
  const environment = Object.entries({ ...values, SCRIPTS: PLACE })
    .map(([key, value]) => `${key}=${quoted(value)}`)
    .join(' ');
  return guest.must(`${environment} sh ${PLACE}/${name}`, timeoutMs);
}

/** A word for sh that is exactly `text`. */
export const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

async function lay(guest: Guest): Promise<void> {
  const files = await readdir(SOURCES);
  const commands = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(fileURLToPath(new URL(file, SOURCES)));
      return `echo ${text.toString('base64')} | base64 -d >${PLACE}/${file}`;
    }),
  );
  await guest.must([`mkdir -p ${PLACE}`, ...commands].join('\n'));
}
