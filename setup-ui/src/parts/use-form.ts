/** How every form behaves: it holds what is typed, is judged first and sent once, focuses errors, counts lock-outs.
 *  Separate so that no form forgets one. */
import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Answer, Failure } from '../api/call.ts';
import { useCountdown } from './use-countdown.ts';

/** A sentence per field that has to be corrected; fields that are fine are absent or undefined. */
export type FieldErrors<Name extends string> = { readonly [name in Name]?: string | undefined };

/** One text of a form, as its field takes it. */
export interface FieldState {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error: string | undefined;
}

/** What a form's frame needs of it. */
export interface FormState {
  readonly element: RefObject<HTMLFormElement | null>;
  /** Why the machine refused the last try. */
  readonly failure: Failure | undefined;
  readonly isBusy: boolean;
  /** Whole seconds until the machine takes the next try; 0 when it takes one now. */
  readonly lockedS: number;
  readonly submit: (event: Event) => Promise<void>;
}

interface FormWithFields<Typed, Name extends string> extends FormState {
  /** By the names in `start`. */
  readonly fields: { readonly [name in keyof Typed]: FieldState };
  readonly errors: FieldErrors<Name>;
}

interface FormRules<Typed, Name extends string, Value> {
  /** What the texts it holds are at first, by name; empty when they are held elsewhere. */
  readonly start: Typed;
  /** What has to be corrected before it is sent, also beside the fields in `start`. */
  readonly judge: (typed: Typed) => FieldErrors<Name>;
  readonly send: (typed: Typed) => Promise<Answer<Value>>;
  /** The machine took it. `clear` puts the fields back to `start`; the form stays busy until this is over. */
  readonly done: (value: Value, clear: () => void) => void | Promise<void>;
  /** A lock-out known from elsewhere; one that comes with a refusal is counted by itself. */
  readonly lockedS?: number;
}

export function useForm<Typed extends Readonly<Record<string, string>>, Name extends string, Value>(
  rules: FormRules<Typed, Name, Value>,
): FormWithFields<Typed, Name> {
  const element = useRef<HTMLFormElement>(null);
  const [typed, setTyped] = useState(rules.start);
  const [errors, setErrors] = useState<FieldErrors<string>>({});
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const refusedS = failure?.kind === 'problem' && failure.status === 429 ? (failure.retryAfterS ?? 0) : 0;
  const lockedS = Math.max(rules.lockedS ?? 0, useCountdown(refusedS, failure));
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy || lockedS > 0) return;
    const found = rules.judge(typed);
    setErrors(found);
    setFailure(undefined);
    if (Object.values(found).some((error) => error !== undefined)) {
      focusFirstError(element.current);
      return;
    }
    setBusy(true);
    const answer = await rules.send(typed);
    if (answer.kind === 'ok') await rules.done(answer.value, () => setTyped(rules.start));
    setBusy(false);
    setFailure(answer.kind === 'ok' ? undefined : answer);
  };
  const field = (name: string): FieldState => ({
    value: typed[name] ?? '',
    onValue: (value) => setTyped((before) => ({ ...before, [name]: value })),
    error: errors[name],
  });
  // One field for each key of `start`, which is what its type says.
  const fields = Object.fromEntries(
    Object.keys(rules.start).map((name) => [name, field(name)]),
  ) as FormWithFields<Typed, Name>['fields'];
  return { element, fields, errors, failure, isBusy, lockedS, submit };
}

/** Moves the focus to the first field of `form` that has an error, once the errors are on screen. */
export function focusFirstError(form: HTMLElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
