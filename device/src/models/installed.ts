/**
 * The model to serve: the owner's file when one is named, else the self-test model that ships with the agent.
 * Separate so that the composition root need not know what a model file is called. A catalogue comes later.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CAPABILITIES } from '@b3iq/wire/local-api';
import type { ServedModel } from '../engine/port.ts';
import { CodedError } from '../errors.ts';
import { ownFile } from '../os/own-files.ts';

const SELF_TEST = ownFile('selfTestModel');
/** The self-test model was trained for 2,048. */
const SELF_TEST_CONTEXT = 2_048;

export interface InstalledModel {
  readonly model: ServedModel;
  readonly path: string;
  /** Expected SHA-256 of the file, 64 hex characters; unknown for a file the owner brought. */
  readonly sha256?: string;
}

/**
 * @param chosen  path of a GGUF file and the context to give it; the self-test model when left out
 * @throws config_invalid when the file is not there
 */
export async function installedModel(
  chosen: { readonly path: string; readonly contextTokens: number } | undefined,
): Promise<InstalledModel> {
  const path = chosen?.path ?? SELF_TEST;
  let sizeBytes: number;
  try {
    sizeBytes = (await stat(path)).size;
  } catch (cause) {
    throw new CodedError('config_invalid', `model_file: there is no model file ${basename(path)} to read.`, {
      cause,
    });
  }
  if (chosen !== undefined) {
    const id = basename(path).replace(/\.gguf$/i, '');
    const model = {
      id,
      label: id,
      selfTest: false,
      contextTokens: chosen.contextTokens,
      sizeBytes,
      capabilities: CAPABILITIES,
    };
    return { model, path };
  }
  const sha256 = (await readFile(`${SELF_TEST}.sha256`, 'utf8')).slice(0, 64);
  const model = {
    id: 'b3iq-selftest',
    label: 'Self-test model',
    selfTest: true,
    contextTokens: SELF_TEST_CONTEXT,
    sizeBytes,
    capabilities: CAPABILITIES,
  };
  return { model, path, sha256 };
}
