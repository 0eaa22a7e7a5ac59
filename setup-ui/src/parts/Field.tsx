/** One labelled input with its hint and its error, wired together for screen readers. Separate so that no form forgets. */
import type { ComponentChildren, Ref } from 'preact';
import { useId, useState } from 'preact/hooks';
import { common } from '../strings/en.json';
import { Icon } from './Icon.tsx';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** Tidies what is typed, such as adding a dash. */
  readonly format?: (typed: string) => string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  readonly name?: string;
  readonly autoComplete?: string;
  readonly inputMode?: 'text' | 'numeric' | 'decimal';
  readonly maxLength?: number;
  readonly isMono?: boolean;
  readonly isDisabled?: boolean;
  readonly placeholder?: string;
  readonly inputRef?: Ref<HTMLInputElement>;
  /** Makes it a password with a show and hide button. */
  readonly secret?: { readonly isShown: boolean; readonly onShown: (isShown: boolean) => void };
  readonly children?: ComponentChildren;
}

export function Field(props: FieldProps) {
  const id = useId();
  const { label, value, onValue, hint, error, secret } = props;
  const described = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`]
    .filter((name) => name !== false)
    .join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <div class="hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      <div class={secret === undefined ? 'input-row' : 'input-row with-button'}>
        <input
          id={id}
          ref={props.inputRef ?? null}
          class={props.isMono === true ? 'input mono' : 'input'}
          {...(secret === undefined || secret.isShown
            ? { type: 'text' as const }
            : { type: 'password' as const })}
          value={value}
          onInput={(event) => {
            const typed = event.currentTarget.value;
            const text = props.format?.(typed) ?? typed;
            // Written back at once: the same text again would not draw the field again.
            if (text !== typed) event.currentTarget.value = text;
            onValue(text);
          }}
          name={props.name}
          autoComplete={props.autoComplete ?? 'off'}
          autoCapitalize="none"
          autoCorrect="off"
          spellcheck={false}
          inputMode={props.inputMode}
          maxLength={props.maxLength}
          disabled={props.isDisabled}
          placeholder={props.placeholder}
          aria-invalid={error !== undefined}
          aria-describedby={described === '' ? undefined : described}
        />
        {secret !== undefined && (
          <button
            type="button"
            class="inner"
            aria-label={secret.isShown ? common.hide_password : common.show_password}
            onClick={() => secret.onShown(!secret.isShown)}
          >
            <Icon name={secret.isShown ? 'eyeOff' : 'eye'} />
            <span aria-hidden="true">{secret.isShown ? common.hide : common.show}</span>
          </button>
        )}
      </div>
      {error !== undefined && (
        <p class="error" id={`${id}-error`}>
          <Icon name="bad" size={16} />
          {error}
        </p>
      )}
      {props.children}
    </div>
  );
}

/** A password field that keeps its own show and hide state. */
export function PasswordField(props: Omit<FieldProps, 'secret'>) {
  const [isShown, setShown] = useState(false);
  return <Field {...props} secret={{ isShown, onShown: setShown }} />;
}
