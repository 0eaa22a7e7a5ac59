/** The machine's name and its light, on every page. Separate because they stand in three layouts and must never differ. */
import type { Light } from '../flow/types.ts';
import { light as text } from '../strings/en.json';

export function LightMark({ light }: { readonly light: Light }) {
  return (
    <span class={`light tone-${light.tone}`} role="status" aria-label={text.label}>
      <span class="dot" aria-hidden="true" />
      {text[light.word]}
    </span>
  );
}
