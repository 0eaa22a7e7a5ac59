/**
 * One stretch of power: a TPM and a QEMU process from switching on until the process ends.
 * Separate from the guest, which may live through many of them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Console } from './console.ts';
import { exists } from './folder.ts';
import { machineCommand, tpmCommand } from './plan.ts';
import { Qmp } from './qmp.ts';
import { Shell } from './shell.ts';
import { type MachineSpec, SOCKETS } from './types.ts';
import { connectTo, until } from './until.ts';

/** Why the power ended: the guest asked for a restart, switched itself off, or the process was killed. */
export type PowerEnd = 'restart' | 'off' | 'cut';

export class Power {
  readonly qmp: Qmp;
  readonly shell: Shell;
  /** Resolves when the process is gone and every byte it wrote is in its files. */
  readonly ended: Promise<PowerEnd>;
  readonly #machine: ChildProcess;

  private constructor(machine: ChildProcess, qmp: Qmp, shell: Shell, ended: Promise<PowerEnd>) {
    this.#machine = machine;
    this.qmp = qmp;
    this.shell = shell;
    this.ended = ended;
  }

  /** Switches on. The processors run at once, or stand still when `resumeFrom` a saved machine's memory. */
  static async on(spec: MachineSpec, screen: Console, resumeFrom?: string): Promise<Power> {
    const tpm = start(tpmCommand(spec));
    // QEMU connects once and gives up: the TPM must listen before. A trial connection would end it.
    await until('the TPM', () => exists(join(spec.sockets, SOCKETS.tpm)), {
      timeoutMs: 20_000,
      everyMs: 20,
    });
    const machine = start(machineCommand(spec, resumeFrom));
    let reason: PowerEnd = 'cut';
    try {
      const open = (name: keyof typeof SOCKETS) => connectTo(join(spec.sockets, SOCKETS[name]), machine.gone);
      const qmp = await Qmp.open(await open('monitor'));
      qmp.on('event', ({ event, data }) => {
        if (event === 'SHUTDOWN' && data.guest === true) reason = isReset(data.reason) ? 'restart' : 'off';
      });
      screen.attach(await open('console'));
      const shell = new Shell(await open('harness'));
      const ended = machine.exited.then(() => tpm.exited).then(() => reason);
      return new Power(machine.process, qmp, shell, ended);
    } catch (error) {
      machine.process.kill('SIGKILL');
      tpm.process.kill();
      throw error;
    }
  }

  /** Pulls the plug: no flush, no goodbye. */
  async cut(): Promise<void> {
    this.#machine.kill('SIGKILL');
    await this.ended;
  }
}

const isReset = (reason: unknown) => reason === 'guest-reset' || reason === 'guest-panic';

/** A child that dies with this process, however that ends: nothing may go on emulating behind a killed test. */
function start(command: readonly string[]) {
  const [program = ''] = command;
  const process = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  process.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-4_000);
  });
  let end: string | undefined;
  const exited = once(process, 'close').then(
    ([code, signal]) => {
      end = `${program} ended (${code ?? signal}): ${said}`;
    },
    (error: Error) => {
      end = `${program} could not be started: ${error.message}`;
    },
  );
  return { process, exited, gone: () => end };
}
