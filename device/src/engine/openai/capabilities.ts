/** What this folder's server makes of what a model can do. Separate because every engine of our own has the same server, and
 *  a model's file or manifest says nothing of shapes. Pure. */
import type { Capability } from '@b3iq/wire/local-api';

const OWN: ReadonlySet<Capability> = new Set([
  'chat',
  'completions',
  'embeddings',
  'tools',
  'json_schema',
  'logprobs',
]);

/** Of what the model is said to do, what is served; and whoever can chat can do it in every shape. */
export function servedCapabilities(said: readonly Capability[]): readonly Capability[] {
  const served = said.filter((each) => OWN.has(each));
  return served.includes('chat') ? [...served, 'responses', 'messages'] : served;
}
