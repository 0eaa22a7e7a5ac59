/** A form's frame: what became of the last try, the fields, one button that says what it waits for. */
import type { ComponentChildren } from 'preact';
import type { Failure } from '../api/call.ts';
import { common, form as text } from '../strings/en.json';
import { fill, formatCountdown } from '../text.ts';
import { FailureNote, Note } from './Note.tsx';
import type { FormState } from './use-form.ts';

interface FormProps {
  readonly form: FormState;
  /** What the button does, in words. */
  readonly action: ComponentChildren;
  /** `page` is one decision over the whole width; the others stand in a panel or dialog. */
  readonly look?: 'page' | 'panel' | 'quiet' | 'danger';
  /** Drawn in place of the last try's outcome. */
  readonly outcome?: ComponentChildren;
  /** A refusal this form has its own words for. */
  readonly known?: KnownRefusal;
  /** Longer than a screen: the outcome then stands beside the button that was pressed. */
  readonly isLong?: boolean;
  readonly children: ComponentChildren;
  /** Beside or below the button. */
  readonly after?: ComponentChildren;
}

export interface KnownRefusal {
  readonly code: string;
  readonly title: string;
  readonly body: string;
}

const BUTTONS = { page: 'btn wide', panel: 'btn', quiet: 'btn quiet', danger: 'btn danger' } as const;

export function Form(props: FormProps) {
  const { form, action, look = 'page', known, isLong = false, children, after } = props;
  const { isBusy, lockedS } = form;
  const outcome = props.outcome ?? (
    <Refused failure={form.failure} lockedS={lockedS} {...(known && { known })} />
  );
  return (
    <form ref={form.element} noValidate onSubmit={(event) => void form.submit(event)}>
      {!isLong && outcome}
      {children}
      {isLong && outcome}
      <div class={look === 'page' ? 'actions' : 'form-actions'}>
        <button type="submit" class={BUTTONS[look]} aria-disabled={isBusy || lockedS > 0}>
          {lockedS > 0 ? (
            fill(text.locked_button, { time: formatCountdown(lockedS) })
          ) : isBusy ? (
            common.one_moment
          ) : (
            <span>{action}</span>
          )}
        </button>
        {after}
      </div>
    </form>
  );
}

interface RefusedProps {
  readonly failure: Failure | undefined;
  readonly lockedS: number;
  readonly known?: KnownRefusal;
}

/** Why the last try was refused: locked, something the form has words for, or the machine's own words. */
export function Refused({ failure, lockedS, known }: RefusedProps) {
  if (lockedS > 0)
    return (
      <Note tone="warn" title={text.locked_title}>
        {/* The number changes each second; only the first is worth speaking. */}
        <span class="num">{fill(text.locked_body, { time: formatCountdown(lockedS) })}</span>
      </Note>
    );
  if (failure === undefined || (failure.kind === 'problem' && failure.status === 429)) return null;
  if (failure.kind === 'problem' && failure.code === known?.code)
    return (
      <Note tone="bad" title={known.title} isNews>
        {known.body}
      </Note>
    );
  return <FailureNote failure={failure} />;
}

/** The owner's password was asked for once more and was not right. */
export const wrongPassword: KnownRefusal = {
  code: 'sign_in_refused',
  title: text.password_wrong_title,
  body: text.password_wrong_body,
};
