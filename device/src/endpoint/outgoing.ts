/** A body as an engine gets it: the client's bytes with the permitted edits, and the engine's own name of the model. */
import type { InferencePath } from '../engine/port.ts';
import { renameInForm } from './form.ts';
import { spliceBody } from './plan.ts';

export interface Outgoing {
  readonly body: Buffer;
  /** A form's holds its boundary. */
  readonly contentType: string;
}

/**
 * Almost always at once; a promise only where a form has to be written again.
 * @param given.type  the client's content type      @param given.edits  of `planEdits`
 * @param given.model  what the engine calls the model, where that is another name
 */
export function outgoing(given: {
  readonly path: InferencePath;
  readonly body: Buffer;
  readonly type: string | undefined;
  readonly edits: string;
  readonly model: string | undefined;
}): Outgoing | Promise<Outgoing> {
  const { path, body, type, edits, model } = given;
  if (path === '/v1/audio/transcriptions' && type !== undefined)
    return model === undefined ? { body, contentType: type } : renameInForm(type, body, model);
  // What stands last wins.
  const rename = model === undefined ? '' : `,"model":${JSON.stringify(model)}`;
  return { body: spliceBody(body, edits + rename), contentType: 'application/json' };
}
