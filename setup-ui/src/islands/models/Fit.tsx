/** How a model fits this machine: one word with its colour, and the sentences behind it. */
import type { ModelFit } from '@b3iq/wire/local-api';
import { FIT_TONES } from '../../flow/models.ts';
import { tameText } from '../../flow/parse.ts';
import { models as text } from '../../strings/en.json';

const WORDS = {
  comfortable: text.fits,
  tight: text.tight,
  unknown: text.unknown,
  'does-not-fit': text.too_large,
} as const;

export const FitTag = ({ fit }: { readonly fit: ModelFit }) => (
  <span class={`tag ${FIT_TONES[fit.kind]}`}>{WORDS[fit.kind]}</span>
);
export const FitReason = ({ fit }: { readonly fit: ModelFit }) => (
  <p class="small num">{tameText(fit.reason, 600)}</p>
);
