/**
 * Follows the machine's state for those outside the agent: which doors the firewall opens, and what the console shows.
 * Separate because both must follow every change, from wherever it came, and neither may hold one up.
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { errorChain } from '../../errors.ts';
import { writeDurably } from '../../os/files.ts';
import type { Log } from '../../os/log.ts';
import type { SystemUnits } from '../../os/units.ts';
import { type Display, formatDisplay } from '../console/display.ts';

/** The files below `/usr/share/b3iq/firewall` that the agent may name. */
export const DOORS = ['unclaimed', 'claimed', 'claimed-hotspot'] as const;
export type Doors = (typeof DOORS)[number];

/** The firewall's word: whether there is an owner, and whether a phone on the setup network needs DHCP and DNS. That is
 *  so in the rest of the wizard (state `claimed`) and once the network is lost (`claimed-recovering`). */
export function doorsOf(isClaimed: boolean, isHotspotOpen: boolean): Doors {
  if (!isClaimed) return 'unclaimed';
  return isHotspotOpen ? 'claimed-hotspot' : 'claimed';
}

export interface DoorkeeperDeps {
  /** Where `firewall-state` and `display.json` are written: `/run/b3iq`. */
  readonly runtimeDir: string;
  readonly units: SystemUnits;
  readonly display: () => Display;
  /** The firewall's word for what may come in now. */
  readonly doors: () => Doors;
  readonly log: Log;
  readonly lookEveryMs?: number;
  readonly retryMs?: number;
}

/** Addresses come and go without telling; a console a few seconds behind is no harm. */
const LOOK_EVERY_MS = 3_000;
/** A firewall that would not follow is tried again this often: until then the doors stay as they were. */
const RETRY_MS = 10_000;

export class Doorkeeper {
  readonly #deps: DoorkeeperDeps;
  #doors: Doors | undefined;
  #shown: string | undefined;
  #retryAfter = 0;
  #turn: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;

  constructor(deps: DoorkeeperDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.follow(), deps.lookEveryMs ?? LOOK_EVERY_MS).unref();
  }

  /** Brings both up to the present, one change after another; never throws. Resolves when that is done. */
  follow(): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      await this.#show(this.#deps.display());
      await this.#open(this.#deps.doors());
    });
    return this.#turn;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#turn;
  }

  async #open(doors: Doors): Promise<void> {
    if (doors === this.#doors || performance.now() < this.#retryAfter) return;
    try {
      await writeDurably(join(this.#deps.runtimeDir, 'firewall-state'), `${doors}\n`);
      await this.#deps.units.start('b3iq-firewall');
      this.#doors = doors;
      this.#deps.log.info('doors.opened', { state: doors });
    } catch (error) {
      this.#retryAfter = performance.now() + (this.#deps.retryMs ?? RETRY_MS);
      this.#deps.log.error('doors.not_opened', { state: doors, reason: errorChain(error) });
    }
  }

  async #show(display: Display): Promise<void> {
    const text = formatDisplay(display);
    if (text === this.#shown) return;
    const path = join(this.#deps.runtimeDir, 'display.json');
    try {
      await writeDurably(path, text);
      await chmod(path, 0o644); // the console is another user
      this.#shown = text;
    } catch (error) {
      this.#deps.log.warn('display.not_written', { reason: errorChain(error) });
    }
  }
}
