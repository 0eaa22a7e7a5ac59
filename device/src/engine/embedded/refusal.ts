/** What the engine's process tells the agent when it could not load its model. Separate so that each kind of damage can be
 *  tried without a process of its own. */
import { basename } from 'node:path';
import { CodedError } from '../../errors.ts';
import type { EngineMessage, EngineTask } from '../supervised/messages.ts';

/** The loader's own words may name paths; the file's base name and what to do are enough for a person. */
export function refusalOf(
  error: unknown,
  config: Pick<EngineTask, 'modelPath' | 'slots'>,
): Extract<EngineMessage, { kind: 'refused' }> {
  const file = basename(config.modelPath);
  if (error instanceof CodedError)
    return { kind: 'refused', code: error.code, detail: `${file}: ${error.detail}` };
  if (error instanceof Error && error.name === 'NoBinaryFoundError')
    return {
      kind: 'refused',
      code: 'engine_unavailable',
      detail: 'No engine is installed for this kind of processor. Install again with `make run`.',
    };
  if (error instanceof Error && /memory|VRAM/i.test(error.message))
    return {
      kind: 'refused',
      code: 'engine_unavailable',
      detail: `There is not enough memory for ${file} with ${config.slots} slots. Close other programs or use a smaller model.`,
    };
  return {
    kind: 'refused',
    code: 'model_file_refused',
    detail: `${file} could not be loaded: the file is damaged or not a model this engine knows. Remove it or fetch it again.`,
  };
}
