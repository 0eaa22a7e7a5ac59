/** The box as the owner sees and commands it. Separate from the routes, which know no units and no files. */
import { constants } from 'node:fs';
import { access, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApplianceAnswer, PowerRequest } from '@b3iq/wire/local-api';
import { CodedError } from '../../errors.ts';
import { writeDurably } from '../../os/files.ts';
import type { Log } from '../../os/log.ts';
import type { SystemUnits } from '../../os/units.ts';
import { isEncrypted, isSecureBoot } from './facts.ts';
import type { Box } from './port.ts';

export interface BoxDeps {
  readonly units: SystemUnits;
  readonly stateDir: string;
  readonly runtimeDir: string;
  readonly sealedBy: ApplianceAnswer['sealed_by'];
  readonly localUrl: () => string;
  readonly addresses: () => readonly string[];
  readonly log: Log;
  /** `/sys` unless told. */
  readonly sys?: string;
}

/** Eight groups of eight characters every keyboard types alike. @see systemd-cryptenroll(1), `--recovery-key` */
const RECOVERY_KEY = /^[cbdefghijklnrtuv]{8}(-[cbdefghijklnrtuv]{8}){7}$/;
/** Enrolling derives a key, which a small machine may take a minute for. */
const ENROL_LIMIT_MS = 300_000;

export class SystemBox implements Box {
  readonly #deps: BoxDeps;
  #enrolling: Promise<string> | undefined;

  constructor(deps: BoxDeps) {
    this.#deps = deps;
  }

  async facts(): Promise<ApplianceAnswer> {
    const { stateDir, sys, sealedBy, localUrl, addresses } = this.#deps;
    const [secure_boot, disk_encrypted, recovery_key_given] = await Promise.all([
      isSecureBoot(sys),
      isEncrypted(stateDir, sys),
      exists(this.#mark()),
    ]);
    return {
      sealed_by: sealedBy,
      secure_boot,
      disk_encrypted,
      recovery_key_given,
      local_url: localUrl(),
      addresses: addresses(),
    };
  }

  async power(action: PowerRequest['action']): Promise<void> {
    this.#deps.log.info('box.power', { action });
    await this.#deps.units.start(action === 'restart' ? 'b3iq-restart' : 'b3iq-power-off', { wait: false });
  }

  async factoryReset(): Promise<void> {
    this.#deps.log.warn('box.factory_reset');
    await this.#deps.units.start('b3iq-factory-reset', { wait: false });
  }

  /** Two who ask at once would each be shown a key, and only one of them would open the disk. */
  async diskRecoveryKey(): Promise<string> {
    if (this.#enrolling !== undefined)
      throw new CodedError('appliance_step_failed', 'A recovery key is being made already. Wait for it.');
    this.#enrolling = this.#enrol();
    try {
      return await this.#enrolling;
    } finally {
      this.#enrolling = undefined;
    }
  }

  async #enrol(): Promise<string> {
    const { units, runtimeDir, log } = this.#deps;
    const handover = join(runtimeDir, 'recovery-key');
    await unlink(handover).catch(() => {}); // one that nobody fetched opens nothing any more
    await units.start('b3iq-recovery-key', { timeoutMs: ENROL_LIMIT_MS });
    const key = (await readOnce(handover)).trim();
    if (!RECOVERY_KEY.test(key))
      throw new CodedError('appliance_step_failed', 'The system gave no recovery key. Ask for one again.');
    await writeDurably(this.#mark(), '');
    log.info('box.recovery_key_made');
    return key;
  }

  #mark(): string {
    return join(this.#deps.stateDir, 'recovery-key-given');
  }
}

/** The text of a file that is gone afterwards; a link does not count. */
async function readOnce(path: string): Promise<string> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new CodedError('appliance_step_failed', 'The system gave no recovery key. Ask for one again.', {
      cause,
    });
  } finally {
    await unlink(path).catch(() => {});
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
