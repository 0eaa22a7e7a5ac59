/** llama-server as an engine of the agent: as a child of its own on a Host, as a unit on an appliance. Separate so that
 *  `main.ts` chooses a launcher and nothing else. */
import { fileURLToPath } from 'node:url';
import type { EngineInstance, SystemUnits } from '../../os/units.ts';
import { SupervisedEngine, type SupervisedEngineOptions } from '../supervised/engine.ts';
import { childLauncher } from '../supervised/process.ts';
import { engineSocket, type UnitStock } from './stock.ts';
import { unitLauncher } from './unit.ts';

export interface LlamaServerChildOptions extends Omit<SupervisedEngineOptions, 'launcher'> {
  /** Path of a llama-server, or of a script that starts one. */
  readonly command: string;
  /** The Node that runs the child: `process.execPath`. */
  readonly nodePath: string;
}

/** llama-server as a child process. Nothing runs before `start()`. @throws config_invalid when the socket path is too long */
export function createLlamaServerChild(options: LlamaServerChildOptions): SupervisedEngine {
  const entry = fileURLToPath(new URL('./child.ts', import.meta.url));
  const { nodePath, socketPath, command } = options;
  const launcher = childLauncher({ nodePath, arguments: [entry, command], socketPath });
  return new SupervisedEngine({ ...options, launcher });
}

export interface LlamaServerUnitOptions extends Omit<SupervisedEngineOptions, 'launcher' | 'socketPath'> {
  readonly units: SystemUnits;
  readonly instance: EngineInstance;
  /** Where the unit listens; what `b3iq-engine@.service` says when left out. */
  readonly socketPath?: string;
}

/** llama-server as `b3iq-engine@<instance>.service`. Nothing runs before `start()`. */
export function createLlamaServerUnit(options: LlamaServerUnitOptions): SupervisedEngine {
  const { units, instance, log } = options;
  const socketPath = options.socketPath ?? engineSocket(instance);
  const launcher = unitLauncher({ units, instance, socketPath, log });
  // Whatever GPU the machine has; a child on a Host uses one only when told to.
  return new SupervisedEngine({ gpu: 'auto', ...options, socketPath, launcher });
}

export interface LlamaServerOfStockOptions extends Omit<SupervisedEngineOptions, 'launcher'> {
  readonly stock: UnitStock;
}

/** llama-server as whichever instance of `stock` is free when it is loaded. @param options.socketPath  its link */
export function createLlamaServerOfStock(options: LlamaServerOfStockOptions): SupervisedEngine {
  const { stock, socketPath } = options;
  return new SupervisedEngine({ gpu: 'auto', ...options, launcher: stock.launcher(socketPath) });
}
