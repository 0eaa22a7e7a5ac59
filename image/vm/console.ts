/**
 * The machine's serial console: everything it has said, and waiting for what it will say.
 * Separate because a guest that cannot answer otherwise (firmware, initrd, a panic) still speaks here.
 */

import type { Socket } from 'node:net';
import { stripVTControlCharacters } from 'node:util';

interface Watcher {
  readonly pattern: RegExp;
  readonly from: number;
  readonly found: (match: RegExpExecArray) => void;
}

export class Console {
  /** All that was said since the machine was made, without colours; boots follow one another. */
  text = '';
  /** Told everything as it comes, control sequences too. */
  onText: (text: string) => void = () => undefined;
  #socket: Socket | undefined;
  readonly #watchers = new Set<Watcher>();

  attach(socket: Socket): void {
    this.#socket = socket;
    let rest = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      // A control sequence may be cut in two by the reader.
      const whole = rest + chunk;
      const cut = whole.lastIndexOf('\u001b');
      const split = cut >= 0 && whole.length - cut < 32 ? cut : whole.length;
      rest = whole.slice(split);
      this.#append(whole.slice(0, split));
    });
    socket.on('close', () => this.#append(rest));
  }

  /** Keys for the console, such as an answer to its question; a line ends with `\r`. */
  type(keys: string): void {
    this.#socket?.write(keys);
  }

  /** Where the text ends now; `from` of a later wait. */
  mark(): number {
    return this.text.length;
  }

  /** The first match after `from`. @throws Error with the last lines, when it does not come in time */
  async waitFor(
    pattern: RegExp,
    options: { readonly timeoutMs: number; readonly from?: number },
  ): Promise<RegExpExecArray> {
    let watcher: Watcher | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<RegExpExecArray>((resolve, reject) => {
        watcher = { pattern, from: options.from ?? 0, found: resolve };
        timer = setTimeout(
          () =>
            reject(
              new Error(
                `the console did not say ${pattern} in ${options.timeoutMs / 1000} s:\n${this.tail()}`,
              ),
            ),
          options.timeoutMs,
        );
        this.#watchers.add(watcher);
        this.#look(watcher);
      });
    } finally {
      clearTimeout(timer);
      if (watcher !== undefined) this.#watchers.delete(watcher);
    }
  }

  /** The last lines that say something, for an error's text; the QR codes say nothing to its reader. */
  tail(lines = 30): string {
    const said = this.text.split('\n').filter((line) => !/^[\s█▀▄]*$/.test(line));
    return said.slice(-lines).join('\n');
  }

  #append(chunk: string): void {
    if (chunk === '') return;
    this.onText(chunk);
    this.text += stripVTControlCharacters(chunk).replaceAll('\r', '');
    for (const watcher of this.#watchers) this.#look(watcher);
  }

  #look(watcher: Watcher): void {
    const match = watcher.pattern.exec(this.text.slice(watcher.from));
    if (match !== null) watcher.found(match);
  }
}
