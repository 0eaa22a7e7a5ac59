/** Which wizard step a machine stands at. Pure; separate so that reload and restart lead to the same page by one rule. */
import type { SetupStep } from '@b3iq/wire/local-api';

export interface StepFacts {
  readonly claimed: boolean;
  /** The step the owner last moved to, `null` when none. */
  readonly stored: SetupStep | null;
  /** Whether this machine has a network step at all; a Host uses the computer's own network. */
  readonly networkStep: boolean;
}

/** The step to show. Until the owner moves on, it is the claim: a page reloaded there asks whether the recovery code was kept. */
export function planStep({ claimed, stored, networkStep }: StepFacts): SetupStep {
  if (!claimed) return 'welcome';
  const step = stored ?? 'claim';
  return step === 'network' && !networkStep ? 'first-answer' : step;
}
