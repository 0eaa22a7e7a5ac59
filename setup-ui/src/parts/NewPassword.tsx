/** A new password with its strength in words, and a second field while nobody can see the first. Used in three forms. */
import { PASSWORD_MIN, strengthOf } from '../flow/judge.ts';
import { claim as text } from '../strings/en.json';
import { fill } from '../text.ts';
import { Field } from './Field.tsx';

interface NewPasswordProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly again: string;
  readonly onAgain: (value: string) => void;
  readonly isShown: boolean;
  readonly onShown: (isShown: boolean) => void;
  readonly ownerName: string;
  readonly error: string | undefined;
  readonly errorAgain: string | undefined;
}

export function NewPassword(props: NewPasswordProps) {
  return (
    <>
      <Field
        label={props.label}
        hint={text.password_hint}
        value={props.value}
        onValue={props.onValue}
        error={props.error}
        name="new-password"
        autoComplete="new-password"
        secret={{ isShown: props.isShown, onShown: props.onShown }}
      >
        <StrengthLine password={props.value} ownerName={props.ownerName} />
      </Field>
      {!props.isShown && props.value.length >= PASSWORD_MIN && (
        <Field
          label={text.password_again}
          value={props.again}
          onValue={props.onAgain}
          error={props.errorAgain}
          name="new-password-again"
          autoComplete="new-password"
          secret={{ isShown: props.isShown, onShown: props.onShown }}
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
