/** The embedded engine: node-llama-cpp in a supervised child. Separate so that the native library is named in one folder
 *  only, which an appliance does not have. */
import { ownFile } from '../../os/own-files.ts';
import { environmentOf } from '../gpu/look.ts';
import { SupervisedEngine, type SupervisedEngineOptions } from '../supervised/engine.ts';
import { childLauncher } from '../supervised/process.ts';

export interface EmbeddedEngineOptions extends Omit<SupervisedEngineOptions, 'launcher'> {
  /** The Node that runs the child: `process.execPath`. */
  readonly nodePath: string;
}

/** Nothing runs before `start()`. @throws config_invalid when the socket path is too long */
export function createEmbeddedEngine(options: EmbeddedEngineOptions): SupervisedEngine {
  const { nodePath, socketPath, cards } = options;
  return new SupervisedEngine({
    ...options,
    launcher: childLauncher({
      nodePath,
      arguments: [ownFile('embeddedEngine')],
      socketPath,
      // The native library is in the child itself: what it shall see must be said before it is there.
      environment: () => environmentOf(cards),
    }),
  });
}
