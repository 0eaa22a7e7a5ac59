/**
 * A header's keys under its architecture's own prefix. Separate because everything in them is hostile and most is optional.
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md "LLM"
 */
import type { GgufHeader, GgufValue } from '../gate/types.ts';

export interface Keys {
  readonly architecture: string;
  readonly value: (key: string) => GgufValue | undefined;
  /** Whole and not negative; `undefined` for anything else. */
  readonly count: (key: string) => number | undefined;
  /** For a layer: its own when there is a list, else the one for all. */
  readonly countAt: (key: string, layer: number) => number | undefined;
}

/** `undefined` when the file does not name its architecture. */
export function keysOf({ metadata }: GgufHeader): Keys | undefined {
  const architecture = metadata.get('general.architecture');
  if (typeof architecture !== 'string') return undefined;
  const value = (key: string) => metadata.get(`${architecture}.${key}`);
  return {
    architecture,
    value,
    count: (key) => countIn(value(key)),
    countAt: (key, layer) => {
      const found = value(key);
      return countIn(Array.isArray(found) ? found[layer] : found);
    },
  };
}

const countIn = (value: GgufValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
