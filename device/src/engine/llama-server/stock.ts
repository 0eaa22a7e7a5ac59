/**
 * The engine units of an appliance that belong to no model: whichever is loaded takes one, and gives it back when it is
 * unloaded. Separate from the unit itself, which is one run of one instance. A model keeps one address all the while: a link
 * of its own, which leads to the socket of the instance it has now.
 */
import { rm, stat, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CodedError, errorChain } from '../../errors.ts';
import { makePrivateFolder } from '../../os/files.ts';
import type { Log } from '../../os/log.ts';
import type { EngineInstance, SystemUnits } from '../../os/units.ts';
import type { EngineLauncher } from '../supervised/launcher.ts';
import { unitLauncher } from './unit.ts';

export interface UnitStockOptions {
  readonly units: SystemUnits;
  /** No other part of the agent uses these. */
  readonly instances: readonly EngineInstance[];
  readonly log: Log;
  /** Where an instance listens; what `b3iq-engine@.service` says when left out. */
  readonly socketOf?: (instance: EngineInstance) => string;
}

export class UnitStock {
  readonly #options: UnitStockOptions;
  readonly #free: EngineInstance[];

  constructor(options: UnitStockOptions) {
    this.#options = options;
    this.#free = [...options.instances];
  }

  /** How many models can be loaded at once. */
  get size(): number {
    return this.#options.instances.length;
  }

  /** Ends what an agent before this one left loaded: nobody knows it any more, and it holds memory. Never rejects. */
  async clear(): Promise<void> {
    const { units, instances, log } = this.#options;
    for (const instance of instances) {
      const isThere = await stat(this.#socketOf(instance)).then(
        () => true,
        () => false,
      );
      if (!isThere) continue;
      await units
        .start(`b3iq-stop-engine@${instance}`)
        .catch((error: unknown) => log.warn('engine.not_cleared', { instance, cause: errorChain(error) }));
    }
  }

  /** A launcher that has an instance from the first run until it is stopped. @param link  its address; made and removed here */
  launcher(link: string): EngineLauncher {
    const { units, log } = this.#options;
    let instance: EngineInstance | undefined;
    return {
      prepare: async () => {
        instance ??= this.#free.shift();
        if (instance === undefined)
          throw new CodedError(
            'engine_unavailable',
            'All engines of this machine are loaded. Try again soon.',
          );
        await makePrivateFolder(dirname(link));
        await rm(link, { force: true });
        await symlink(this.#socketOf(instance), link);
      },
      start: (task, events) => {
        if (instance === undefined) throw new CodedError('internal');
        const unit = { units, instance, socketPath: this.#socketOf(instance), log };
        return unitLauncher(unit).start(task, events);
      },
      tidy: async () => {
        await rm(link, { force: true });
        if (instance !== undefined) this.#free.push(instance);
        instance = undefined;
      },
    };
  }

  #socketOf(instance: EngineInstance): string {
    return this.#options.socketOf?.(instance) ?? engineSocket(instance);
  }
}

/** Where `b3iq-engine@.service` listens. */
export const engineSocket = (instance: EngineInstance): string => `/run/b3iq-engine/${instance}/engine.sock`;
