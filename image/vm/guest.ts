/**
 * A machine under test, through as many boots as its life has: switch on, ask, cut the power, press the button, keep.
 * Separate from `power.ts` (one stretch of power) because a restart the guest asks for is a new QEMU process here.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Console } from './console.ts';
import { folderAgain, folderFrom, keepFolder, newFolder } from './folder.ts';
import { type Limits, limits } from './limits.ts';
import { Power } from './power.ts';
import type { ShellAnswer } from './shell.ts';
import { FILES, type MachineSpec } from './types.ts';
import { until } from './until.ts';

/** The one fault of software emulation itself: a processor meets another's half-patched instruction. */
const EMULATION_FAULT = /int3[\s\S]{0,800}sched_clock_cpu/g;

export interface BootRecord {
  /** Seconds from switching on to the shell. */
  readonly shellS: number;
  /** Restarts on the way, such as the one after the firmware took the image's keys. */
  readonly restarts: number;
}

export class Guest {
  readonly console = new Console();
  readonly limits: Limits;
  /** Kernels that have started, those a resumed machine brought with it left out. */
  boots = 0;
  /** How each boot that reached the shell went. */
  readonly records: BootRecord[] = [];
  #spec: MachineSpec;
  #memory: string | undefined;
  #power: Power | undefined;
  /** Resolves when a guest that was on is off and stays off. */
  #off: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  private constructor(spec: MachineSpec, memory?: string) {
    this.#spec = spec;
    this.#memory = memory;
    this.limits = limits(spec.accelerator, spec.patience);
  }

  /** A machine fresh from the factory floor, with the image on its disk and nothing else. */
  static async new(options: Parameters<typeof newFolder>[0]): Promise<Guest> {
    await rm(options.folder, { recursive: true, force: true });
    return new Guest(await newFolder(options));
  }

  /** The machine that was made in `folder` before and is off. */
  static async again(folder: string, ports: MachineSpec['ports']): Promise<Guest> {
    return new Guest(await folderAgain(folder, ports));
  }

  /** A machine that goes on where a kept one stopped. */
  static async from(saved: string, folder: string, ports: MachineSpec['ports'] = []): Promise<Guest> {
    await rm(folder, { recursive: true, force: true });
    const { spec, memory } = await folderFrom(saved, folder, ports);
    return new Guest(spec, memory);
  }

  /** The description; changes to it count from the next switching on. */
  get spec(): MachineSpec {
    return this.#spec;
  }
  change(difference: Partial<Pick<MachineSpec, 'usbStick' | 'ports' | 'updatesPort'>>): void {
    this.#spec = { ...this.#spec, ...difference };
  }

  get isOn(): boolean {
    return this.#power !== undefined;
  }

  /** Boots lost to the emulation, not to the image: `panic=` starts the machine again. A report says how many. */
  get emulationFaults(): number {
    return this.console.text.match(EMULATION_FAULT)?.length ?? 0;
  }

  /** Switches on, and again after each restart the guest asks for. Returns at once: wait for what matters. */
  async switchOn(): Promise<void> {
    if (this.#power !== undefined) throw new Error('the machine is on already');
    this.#failure = undefined;
    const memory = this.#memory;
    this.#memory = undefined;
    this.#power = await Power.on(this.#spec, this.console, memory);
    if (memory === undefined) this.boots += 1;
    else {
      await until(
        'the saved machine in memory',
        async () => ((await this.qmp('query-status')) as { status: string }).status !== 'inmigrate',
        { timeoutMs: 120_000 },
      );
      await this.qmp('cont');
    }
    this.#off = this.#follow(this.#power).catch((error: unknown) => {
      this.#power = undefined;
      this.#failure = error instanceof Error ? error : new Error(String(error));
    });
  }

  /** Switches on and waits for the shell, over the restarts on the way there. @throws Error with the console's end */
  async boot(): Promise<BootRecord> {
    const boots = this.boots;
    const begun = performance.now();
    await this.switchOn();
    await this.untilShell();
    const shellS = Math.round((performance.now() - begun) / 100) / 10;
    const record = { shellS, restarts: this.boots - boots - 1 };
    this.records.push(record);
    return record;
  }

  /** Waits for the guest's shell, over restarts. @throws Error with the console's end */
  async untilShell(timeoutMs = this.limits.bootMs): Promise<void> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const power = this.#power;
      if (power === undefined) throw this.#failure ?? this.#told('the machine is off');
      const left = end - performance.now();
      if (left <= 0) throw this.#told(`no shell after ${timeoutMs / 1000} s`);
      const answered = await Promise.race([
        power.shell.ready(left).then(
          () => true,
          () => false,
        ),
        power.ended.then(() => false),
      ]);
      if (answered) return;
      // The next stretch of power, if there is one, begins within moments.
      await until('the next start', () => this.#power !== power, { timeoutMs: 30_000 }).catch(
        () => undefined,
      );
    }
  }

  /** Runs a POSIX sh script as root in the guest. @param timeoutMs for the script itself */
  run(script: string, timeoutMs = this.limits.commandMs): Promise<ShellAnswer> {
    if (this.#power === undefined) return Promise.reject(this.#failure ?? new Error('the machine is off'));
    return this.#power.shell.run(script, timeoutMs);
  }

  /** The script's output without the last line end. @throws Error with both outputs when it fails */
  async must(script: string, timeoutMs = this.limits.commandMs): Promise<string> {
    const answer = await this.run(script, timeoutMs);
    if (answer.status === 0) return answer.stdout.replace(/\n$/, '');
    throw new Error(
      `status ${answer.status} from:\n${script.slice(0, 600)}\n${answer.stdout.slice(-4_000)}\n${answer.stderr.slice(-4_000)}`,
    );
  }

  /** Asks again and again until the script succeeds; gives its output. @throws Error with the last answer */
  async until(what: string, script: string, timeoutMs = this.limits.commandMs): Promise<string> {
    let last: ShellAnswer | undefined;
    try {
      return await until(
        what,
        async () => {
          last = await this.run(script, timeoutMs);
          return last.status === 0 ? { stdout: last.stdout } : undefined;
        },
        { timeoutMs, everyMs: 500 },
      ).then(({ stdout }) => stdout.replace(/\n$/, ''));
    } catch (error) {
      throw new Error(`${what}: last answer ${JSON.stringify(last)}`, { cause: error });
    }
  }

  /** Pulls the plug and leaves it out. */
  async cutPower(): Promise<void> {
    const power = this.#power;
    this.#power = undefined;
    await power?.cut();
    await this.#off;
  }

  /** Asks the guest to switch itself off, and waits until it has. */
  async switchOff(): Promise<void> {
    // The shell may go before it has answered.
    await this.run('sync; systemctl --no-block poweroff').catch(() => undefined);
    await this.untilOff();
  }

  /** Asks the guest to restart, and waits for the shell of the next boot. */
  async restart(): Promise<void> {
    const restarted = this.untilRestart();
    await this.run('sync; systemctl --no-block reboot').catch(() => undefined);
    await restarted;
    await this.untilShell();
  }

  /** A short press of the power button. */
  async pressPowerButton(): Promise<void> {
    await this.qmp('system_powerdown');
  }

  /** Waits until the guest has switched itself off, or ended for good. */
  async untilOff(timeoutMs = this.limits.bootMs): Promise<void> {
    await until('the machine to be off', () => this.#power === undefined, { timeoutMs });
    await this.#off;
  }

  /** Waits for the next restart the guest asks for; its next boot is on its way then. */
  async untilRestart(timeoutMs = this.limits.bootMs): Promise<void> {
    const boots = this.boots;
    await until('a restart', () => this.boots > boots, { timeoutMs });
  }

  /** Puts the network cable in or pulls it out. */
  async cable(plugged: boolean): Promise<void> {
    await this.qmp('set_link', { name: 'nic', up: plugged });
  }

  /** Puts a stick into the running machine: a raw file, which the guest can only read, at most so fast when told. */
  async plugIn(path: string, bytesPerSecond = 0): Promise<void> {
    await this.qmp('object-add', {
      'qom-type': 'throttle-group',
      id: 'stick-pace',
      limits: { 'bps-read': bytesPerSecond }, // 0: as fast as it goes
    });
    await this.qmp('blockdev-add', {
      'node-name': 'stick',
      driver: 'throttle',
      'throttle-group': 'stick-pace',
      'read-only': true,
      file: {
        driver: 'raw',
        'read-only': true,
        file: { driver: 'file', filename: path, 'read-only': true },
      },
    });
    await this.qmp('device_add', { driver: 'usb-storage', id: 'stick', bus: 'usb.0', drive: 'stick' });
  }

  /** Pulls the stick out, whatever reads it, so that another can be put in. */
  async pullOut(): Promise<void> {
    await this.qmp('device_del', { id: 'stick' });
    // Refused as long as the device still has it.
    const isOut = () => this.qmp('blockdev-del', { 'node-name': 'stick' }).then(() => true);
    await until('a stick that is out', isOut, { timeoutMs: this.limits.commandMs });
    await this.qmp('object-del', { id: 'stick-pace' });
  }

  qmp(command: string, parameters?: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.#power === undefined) return Promise.reject(this.#failure ?? new Error('the machine is off'));
    return this.#power.qmp.ask(command, parameters);
  }

  /** Keeps this machine as it is under `target`, running or off, and ends it here. */
  async keep(target: string): Promise<void> {
    if (this.#power !== undefined) {
      const memory = join(this.#spec.folder, FILES.memory);
      await rm(memory, { force: true });
      await this.must('sync');
      await this.qmp('stop');
      await this.qmp('migrate-set-parameters', { 'max-bandwidth': 0 });
      await this.qmp('migrate', { uri: `exec:zstd -q -1 -T2 >${memory}` });
      await until(
        'the memory in its file',
        async () => {
          const state = (await this.qmp('query-migrate')) as { status: string; 'error-desc'?: string };
          if (state.status === 'failed') throw new Error(state['error-desc']);
          return state.status === 'completed';
        },
        { timeoutMs: 300_000 },
      );
      await this.cutPower();
    }
    await mkdir(join(target, '..'), { recursive: true });
    await keepFolder(this.#spec, target);
    await rm(this.#spec.sockets, { recursive: true, force: true });
  }

  /** Ends the machine and removes all it kept. */
  async remove(): Promise<void> {
    await this.cutPower();
    await rm(this.#spec.folder, { recursive: true, force: true });
    await rm(this.#spec.sockets, { recursive: true, force: true });
  }

  async #follow(power: Power): Promise<void> {
    let current = power;
    for (;;) {
      const end = await current.ended;
      if (this.#power !== current) return;
      if (end !== 'restart') {
        this.#power = undefined;
        if (end === 'cut') this.#failure = this.#told('QEMU ended by itself');
        return;
      }
      current = await Power.on(this.#spec, this.console);
      this.boots += 1;
      this.#power = current;
    }
  }

  #told(what: string): Error {
    return new Error(`${what}; the console's end:\n${this.console.tail()}`);
  }
}
