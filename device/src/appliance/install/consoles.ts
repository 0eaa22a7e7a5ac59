/**
 * Every console of the machine as one person: what is said goes to all, an answer may come from any.
 * Separate because a buyer has a screen or a serial line, and the kernel only knows which of them exist.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parseConsoles } from './parse.ts';
import type { Person } from './port.ts';

/** @throws what node:fs throws when the kernel's list cannot be read */
export async function machineConsoles(): Promise<Person> {
  return consolesAt(parseConsoles(await readFile('/sys/class/tty/console/active', 'utf8')));
}

/** @param devices  paths of terminals; one that does not answer is left out */
export function consolesAt(devices: readonly string[]): Person {
  let answer: ((line: string) => void) | undefined;
  const outputs = devices.map((device) => {
    const output = createWriteStream(device, { flags: 'a' });
    output.on('error', () => {}); // a line that is not connected
    const lines = createInterface({ input: createReadStream(device).on('error', () => {}), terminal: false });
    // Typed before it was asked: not an answer.
    lines.on('line', (line) => answer?.(line.trim()));
    return output;
  });
  const write = (text: string) => {
    for (const output of outputs) output.write(text);
  };
  return {
    say: (...lines) => write(lines.map((line) => `${line}\r\n`).join('')),
    ask: (question) =>
      new Promise((resolve) => {
        write(question);
        answer = (line) => {
          answer = undefined;
          resolve(line);
        };
      }),
  };
}
