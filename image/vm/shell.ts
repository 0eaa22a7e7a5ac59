/**
 * A root shell in the guest over its virtio-serial port `harness0`, which only the test image has.
 * Separate because it works without network, name or login, from early boot to the last moment.
 * Scripts travel as base64 and answers come back so: nothing in them can be taken for the protocol.
 */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface ShellAnswer {
  /** Exit status; 124 when the time was over. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the port's shell may need beyond the command's own time: it shares the emulated processors. */
const GRACE_MS = 60_000;
/** A line of the port's shell: dash reads it in pieces, the port's buffers hold 4 KiB. */
const LINE_CHARS = 2_000;

export class Shell {
  readonly #socket: Socket;
  readonly #place: string;
  readonly #answers = new Map<string, (words: readonly string[]) => void>();
  readonly #failures = new Set<(error: Error) => void>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param place  folder of the guest for scripts and answers on their way */
  constructor(socket: Socket, place = '/run') {
    this.#socket = socket;
    this.#place = place;
    createInterface({ input: socket })
      .on('line', (line) => {
        const [mark, id, ...words] = line.trim().split(' ');
        if (mark === '@@' && id !== undefined) this.#answers.get(id)?.(words);
      })
      // A killed machine resets its connections; `close` follows and is what counts.
      .on('error', () => undefined);
    socket.on('close', () => {
      for (const fail of this.#failures) fail(new Error('the machine is gone'));
    });
  }

  /** Resolves when the guest's shell answers at all: the port is silent until its unit has started. */
  async ready(timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (performance.now() < end) {
      const answered = await this.#exchange('', 10_000).catch((error: unknown) => {
        if (this.#socket.destroyed) throw error;
        return undefined;
      });
      if (answered !== undefined) return;
    }
    throw new Error(`the guest's shell did not answer in ${timeoutMs / 1000} s`);
  }

  /** Runs a POSIX sh script as root, one at a time. @throws Error when the guest is gone or silent */
  run(script: string, timeoutMs: number): Promise<ShellAnswer> {
    const answer = this.#last.then(
      () => this.#run(script, timeoutMs),
      () => this.#run(script, timeoutMs),
    );
    this.#last = answer;
    return answer;
  }

  async #run(script: string, timeoutMs: number): Promise<ShellAnswer> {
    const file = `${this.#place}/harness.${randomUUID()}`;
    const encoded = Buffer.from(script).toString('base64');
    for (let at = 0; at < encoded.length; at += LINE_CHARS)
      this.#socket.write(`printf %s ${encoded.slice(at, at + LINE_CHARS)} >>${file}\n`);
    const seconds = Math.ceil(timeoutMs / 1000);
    const command = [
      `base64 -d ${file} >${file}.sh`,
      `timeout -k 5 ${seconds} sh ${file}.sh >${file}.out 2>${file}.err </dev/null`,
      'set -- $?',
    ].join('; ');
    const [status, stdout = '', stderr = ''] = await this.#exchange(
      command,
      timeoutMs + GRACE_MS,
      `"$1" "$(base64 -w0 ${file}.out)," "$(base64 -w0 ${file}.err),"; rm -f ${file} ${file}.*`,
    );
    return { status: Number(status), stdout: decode(stdout), stderr: decode(stderr) };
  }

  #exchange(command: string, timeoutMs: number, words = ''): Promise<readonly string[]> {
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        this.#answers.delete(id);
        this.#failures.delete(fail);
      };
      const fail = (error: Error) => {
        settle();
        reject(error);
      };
      const timer = setTimeout(() => fail(new Error(`no answer in ${timeoutMs / 1000} s`)), timeoutMs);
      this.#failures.add(fail);
      this.#answers.set(id, (answer) => {
        settle();
        resolve(answer);
      });
      this.#socket.write(`${command === '' ? '' : `${command}; `}echo; echo @@ ${id} ${words}\n`);
    });
  }
}

/** The comma keeps an empty answer a word of its own. */
const decode = (word: string) => Buffer.from(word.replace(',', ''), 'base64').toString('utf8');
