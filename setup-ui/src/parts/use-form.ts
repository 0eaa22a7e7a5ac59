/** How every form behaves: judged first, sent once, errors focused, lock-outs counted. Separate so that no form forgets one. */
import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Failure } from '../api/call.ts';
import { useCountdown } from './use-countdown.ts';

/** A sentence per field that has to be corrected; fields that are fine are absent or undefined. */
export type FieldErrors<Name extends string> = { readonly [name in Name]?: string | undefined };

export interface FormState<Name extends string> {
  readonly element: RefObject<HTMLFormElement | null>;
  readonly errors: FieldErrors<Name>;
  /** Why the machine refused the last try. */
  readonly failure: Failure | undefined;
  readonly isBusy: boolean;
  /** Whole seconds until the machine takes the next try; 0 when it takes one now. */
  readonly lockedS: number;
  readonly submit: (event: Event) => Promise<void>;
}

interface FormRules<Name extends string> {
  readonly judge: () => FieldErrors<Name>;
  /** Sends what was typed; resolves with why it was refused, or undefined when it is done. */
  readonly send: () => Promise<Failure | undefined>;
  /** A lock-out known from elsewhere; one that comes with a refusal is counted by itself. */
  readonly lockedS?: number;
}

export function useForm<Name extends string>(rules: FormRules<Name>): FormState<Name> {
  const element = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<FieldErrors<Name>>({});
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const refusedS = failure?.kind === 'problem' && failure.status === 429 ? (failure.retryAfterS ?? 0) : 0;
  const lockedS = Math.max(rules.lockedS ?? 0, useCountdown(refusedS, failure));
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy || lockedS > 0) return;
    const found = rules.judge();
    setErrors(found);
    setFailure(undefined);
    if (Object.values(found).some((error) => error !== undefined)) {
      focusFirstError(element.current);
      return;
    }
    setBusy(true);
    const refused = await rules.send();
    setBusy(false);
    setFailure(refused);
  };
  return { element, errors, failure, isBusy, lockedS, submit };
}

/** Moves the focus to the first field of `form` that has an error, once the errors are on screen. */
export function focusFirstError(form: HTMLElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
