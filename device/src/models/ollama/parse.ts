/**
 * Ollama's manifests as text. Separate because they are another program's files: any of them may be missing half, or hostile.
 * @see https://pkg.go.dev/github.com/ollama/ollama/server/internal/manifest (layers: digest, mediaType, size)
 */
import { type ModelId, parseModelId, parseSha256, type Sha256Hex } from '@b3iq/wire';
import { z } from 'zod';

const MODEL_LAYER = 'application/vnd.ollama.image.model';
/** What changes the weights: such a model is more than its one file. */
const ADAPTER_LAYER = 'application/vnd.ollama.image.adapter';

const manifest = z.looseObject({
  layers: z
    .array(
      z.looseObject({
        mediaType: z.string().max(200),
        digest: z.string().max(200),
        size: z.int().min(0),
      }),
    )
    .max(1_000),
});

/** The file that is the model. @returns undefined when the text is no manifest of a model of one file */
export function parseOllamaManifest(
  text: string,
): { readonly sha256: Sha256Hex; readonly sizeBytes: number } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const layers = manifest.safeParse(json).data?.layers ?? [];
  const [model, ...more] = layers.filter(({ mediaType }) => mediaType === MODEL_LAYER);
  if (model === undefined || more.length > 0) return undefined;
  if (layers.some(({ mediaType }) => mediaType === ADAPTER_LAYER)) return undefined;
  const sha256 = parseSha256(model.digest.replace(/^sha256:/, ''));
  return sha256 === undefined ? undefined : { sha256, sizeBytes: model.size };
}

/** `qwen3:8b`, `ada/mine:latest`, `hf.co/ada/mine:q4`: as Ollama lists it; undefined for what is no name of a model here. */
export function ollamaName(parts: readonly string[]): ModelId | undefined {
  const [registry = '', namespace = '', model = '', tag = ''] = parts;
  if (parts.length !== 4) return undefined;
  const owner = namespace === 'library' ? '' : `${namespace}/`;
  return parseModelId(
    `${registry === 'registry.ollama.ai' ? owner : `${registry}/${namespace}/`}${model}:${tag}`,
  );
}
