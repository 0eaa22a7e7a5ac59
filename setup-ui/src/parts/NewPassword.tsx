/** A new password with its strength in words, and a second field while nobody can see the first. Used in three forms. */
import { PASSWORD_MIN, strengthOf } from '../flow/judge.ts';
import { claim as text } from '../strings/en.json';
import { fill } from '../text.ts';
import { Field } from './Field.tsx';
import type { FieldErrors } from './use-form.ts';
import type { NewPasswordState } from './use-new-password.ts';

interface NewPasswordProps {
  readonly label: string;
  readonly state: NewPasswordState;
  /** Makes a password that repeats it count as weak; empty when not known. */
  readonly ownerName: string;
  readonly errors: FieldErrors<'password' | 'again'>;
}

export function NewPassword({ label, state, ownerName, errors }: NewPasswordProps) {
  const secret = { isShown: state.isShown, onShown: state.onShown };
  return (
    <>
      <Field
        label={label}
        hint={text.password_hint}
        value={state.value}
        onValue={state.onValue}
        error={errors.password}
        name="new-password"
        autoComplete="new-password"
        secret={secret}
      >
        <StrengthLine password={state.value} ownerName={ownerName} />
      </Field>
      {!state.isShown && state.value.length >= PASSWORD_MIN && (
        <Field
          label={text.password_again}
          value={state.again}
          onValue={state.onAgain}
          error={errors.again}
          name="new-password-again"
          autoComplete="new-password"
          secret={secret}
        />
      )}
    </>
  );
}

const LOOKS = {
  short: { tone: 'idle', bars: 0 },
  weak: { tone: 'warn', bars: 1 },
  fair: { tone: 'busy', bars: 2 },
  good: { tone: 'ok', bars: 3 },
} as const;

function StrengthLine({ password, ownerName }: { readonly password: string; readonly ownerName: string }) {
  if (password === '') return <div class="strength" role="status" />;
  const strength = strengthOf(password, ownerName);
  const { tone, bars } = LOOKS[strength.kind];
  const words =
    strength.kind === 'short'
      ? fill(text.strength_short, { count: strength.missing })
      : text[`strength_${strength.kind}`];
  return (
    <div class="strength" role="status">
      <span class={`strength-bars tone-${tone}`} aria-hidden="true">
        {[1, 2, 3].map((bar) => (
          <i key={bar} class={bar <= bars ? 'on' : ''} />
        ))}
      </span>
      <span class="sr-only">{text.strength_label}: </span>
      {words}
    </div>
  );
}
