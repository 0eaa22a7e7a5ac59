/**
 * Every model installed on this machine, with what its file says and how it would fit. Separate because it is what whoever
 * serves models asks: it judges each file's header anew, so that nothing unjudged reaches a native loader.
 */
import type { Sha256Hex } from '@b3iq/wire';
import { CodedError } from '../errors.ts';
import { shapeOf } from './fit/shape.ts';
import type { Fit, ModelShape, Serving } from './fit/types.ts';
import { judgeFit } from './fit.ts';
import { readModelHeader } from './gate/read.ts';
import type { ModelHeader } from './gate/types.ts';
import type { ModelRecord } from './install/types.ts';

export type Gated =
  | { readonly kind: 'passed'; readonly header: ModelHeader; readonly shape: ModelShape }
  /** A sentence that does not name the file. */
  | { readonly kind: 'refused'; readonly why: string };

export interface InstalledFile {
  readonly model: ModelRecord;
  /** Absolute. */
  readonly path: string;
  /** What the whole file was when it was installed. */
  readonly sha256: Sha256Hex;
  readonly gate: Gated;
}

/** What a library has of this; `ModelLibrary` does. */
export interface Installed {
  models(): readonly ModelRecord[];
  fileOf(model: ModelRecord): string;
}

/** By label. A file that went bad on the disk is listed with why it is refused. */
export async function listInstalled(library: Installed): Promise<readonly InstalledFile[]> {
  return await Promise.all(
    library.models().map(async (model) => {
      const path = library.fileOf(model);
      return { model, path, sha256: model.sha256, gate: await gated(path) };
    }),
  );
}

async function gated(path: string): Promise<Gated> {
  try {
    const header = await readModelHeader(path);
    return { kind: 'passed', header, shape: shapeOf(header) };
  } catch (error) {
    if (error instanceof CodedError) return { kind: 'refused', why: error.detail };
    throw error;
  }
}

/** Most context a person is told about without asking: enough for a long document, and every engine can do it. */
const EVERYDAY_CONTEXT_TOKENS = 8_192;
/** One conversation with an everyday context, or with what the model was made for when that is less. */
export const everyday = ({ contextTokens }: ModelShape): Serving => ({
  contextTokens: Math.min(contextTokens ?? EVERYDAY_CONTEXT_TOKENS, EVERYDAY_CONTEXT_TOKENS),
  slots: 1,
  kvType: 'F16',
});

/**
 * @param budgetBytes  free for a model; see `judgeFit`     @param serving  how it is served; an everyday conversation unless told
 * @returns undefined for a file that was refused
 */
export function fitOf({ gate }: InstalledFile, budgetBytes: number, serving?: Serving): Fit | undefined {
  return gate.kind === 'passed'
    ? judgeFit(gate.shape, serving ?? everyday(gate.shape), budgetBytes)
    : undefined;
}
