/**
 * How each layer of a model remembers, by its header and what llama.cpp adds for its architecture.
 * Separate because it follows llama.cpp's own loading step by step and changes when that does.
 * @see https://github.com/ggml-org/llama.cpp/blob/master/src/llama-model.cpp `load_hparams`, as of 0.5.0
 */
import {
  ATTENTION,
  CACHELESS,
  GATED_DELTA,
  GATED_DELTA_INTERVAL,
  GEMMA3N_OWN_LAYERS,
  WINDOWS,
} from './architectures.ts';
import type { Keys } from './keys.ts';
import type { Layer, LayerMemory } from './types.ts';

/** Layers of the model itself: heads that only guess ahead are not counted, llama.cpp gives them no memory here. */
export function layersOf(keys: Keys): LayerMemory {
  const { architecture, count } = keys;
  if (CACHELESS.has(architecture)) return { kind: 'known', layers: [] };
  const isDelta = GATED_DELTA.has(architecture);
  if (!isDelta && !ATTENTION.has(architecture))
    return unknown(`how ${named(architecture)} keeps its context is not known here`);
  const all = count('block_count');
  if (all === undefined) return unknown('the file does not say how many layers its model has');
  const layers = Math.max(0, all - (count('nextn_predict_layers') ?? 0));
  const windows = isDelta ? () => undefined : windowsOf(keys, layers);
  if (windows === undefined)
    return unknown('the file does not say which of its layers look back only a window');
  const found: Layer[] = [];
  for (let at = 0; at < layers; at++) {
    const layer =
      isDelta && isRecurrent(keys, at) ? stateOf(keys) : attentionAt(keys, at, layers, windows(at));
    if (layer === undefined) return unknown('the file does not say how wide its layers are');
    found.push(layer);
  }
  return { kind: 'known', layers: found };
}

/** @see src/llama-hparams.cpp `n_embd_k_gqa`, `is_mla` */
function attentionAt(keys: Keys, at: number, layers: number, window: number | undefined): Layer | undefined {
  if (at >= ownLayers(keys, layers)) return { kind: 'shared' };
  const heads = keys.countAt('attention.head_count_kv', at) ?? keys.countAt('attention.head_count', at);
  const usual = headWidth(keys);
  const own = (name: string) =>
    (window === undefined ? undefined : keys.count(`attention.${name}_length_swa`)) ??
    keys.count(`attention.${name}_length`) ??
    usual;
  const [key, value] = [own('key'), own('value')];
  if (heads === undefined || key === undefined || value === undefined) return undefined;
  const isLatent = keys.count('attention.key_length_mla') && keys.count('attention.value_length_mla');
  return {
    kind: 'attention',
    keyWidth: key * heads,
    valueWidth: isLatent ? 0 : value * heads,
    ...(window === undefined ? {} : { window }),
  };
}

function headWidth(keys: Keys): number | undefined {
  const embedding = keys.count('embedding_length');
  const heads = keys.countAt('attention.head_count', 0);
  return embedding === undefined || heads === undefined || heads === 0
    ? undefined
    : Math.floor(embedding / heads);
}

function ownLayers(keys: Keys, layers: number): number {
  if (keys.architecture === 'gemma3n') return GEMMA3N_OWN_LAYERS;
  return layers - (keys.architecture === 'gemma4' ? (keys.count('attention.shared_kv_layers') ?? 0) : 0);
}

/** The window of a layer, in tokens. `undefined` in place of the whole when it cannot be told. */
function windowsOf(keys: Keys, layers: number): ((layer: number) => number | undefined) | undefined {
  const rule = WINDOWS[keys.architecture];
  const declared = keys.count('attention.sliding_window');
  const none = () => undefined;
  if (rule === undefined || (rule.layers !== undefined && rule.layers !== layers)) return none;
  // A window of 0 is how a header says that there is none.
  const window = declared === 0 ? 0 : (rule.fixed ?? declared ?? rule.usual ?? 0);
  if (window === 0) return none;
  const pattern = keys.value('attention.sliding_window_pattern');
  if (Array.isArray(pattern))
    return pattern.length < layers ? undefined : (layer) => (pattern[layer] ? window : undefined);
  const period = keys.count('attention.sliding_window_pattern') ?? rule.period;
  if (period === 0) return undefined;
  const full = rule.isFullFirst ? 0 : period - 1;
  return (layer) => (layer % period === full ? undefined : window);
}

/** @see src/models/qwen35.cpp */
function isRecurrent(keys: Keys, layer: number): boolean {
  const listed = keys.value('attention.recurrent_layers');
  if (Array.isArray(listed)) return Boolean(listed[layer]);
  return (layer + 1) % (keys.count('full_attention_interval') || GATED_DELTA_INTERVAL) !== 0;
}

/** @see src/llama-hparams.cpp `n_embd_r`, `n_embd_s` */
function stateOf({ count }: Keys): Layer | undefined {
  const [kernel, inner] = [count('ssm.conv_kernel'), count('ssm.inner_size')];
  const [state, groups] = [count('ssm.state_size'), count('ssm.group_count')];
  if (kernel === undefined || inner === undefined || state === undefined || groups === undefined)
    return undefined;
  return {
    kind: 'recurrent',
    stateValues: Math.max(0, kernel - 1) * (inner + 2 * groups * state) + state * inner,
  };
}

const unknown = (why: string): LayerMemory => ({ kind: 'unknown', why });
/** The name comes from the file. */
const named = (architecture: string): string =>
  /^[\w.-]{1,40}$/.test(architecture)
    ? `a model of the architecture ${architecture}`
    : 'a model of its architecture';
