/**
 * QEMU's monitor: commands and events as JSON lines on a unix socket.
 * Separate because power button, cable, snapshot and the reason of an exit all go through it.
 * @see https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html
 */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Emits `event` with a `QmpEvent`. */
export class Qmp extends EventEmitter<{ event: [QmpEvent] }> {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
    createInterface({ input: socket })
      .on('line', (line) => this.#line(line))
      // A killed machine resets its connections; `close` follows and is what counts.
      .on('error', () => undefined);
    const closed = () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('the machine is gone'));
    };
    socket.on('close', closed).on('error', closed);
  }

  /** Speaks first, as the protocol wants. @throws Error when the machine ends meanwhile */
  static async open(socket: Socket): Promise<Qmp> {
    const qmp = new Qmp(socket);
    await qmp.ask('qmp_capabilities');
    return qmp;
  }

  /** @returns the command's `return` value, unchecked @throws Error with QEMU's own description */
  ask(command: string, parameters?: Readonly<Record<string, unknown>>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new Error(`${command}: the machine is gone`));
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: parameters })}\n`);
    });
  }

  #line(line: string): void {
    // QEMU's own output; its shape is the protocol's.
    const message = JSON.parse(line) as {
      readonly event?: string;
      readonly data?: Record<string, unknown>;
      readonly error?: { readonly desc: string };
      readonly return?: unknown;
    };
    if (message.event !== undefined) this.emit('event', { event: message.event, data: message.data ?? {} });
    else if (message.error !== undefined) this.#waiting.shift()?.reject(new Error(message.error.desc));
    else if ('return' in message) this.#waiting.shift()?.resolve(message.return);
  }
}
