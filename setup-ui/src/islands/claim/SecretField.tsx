/** What proves that the machine is in this person's hands: the label's code, or a token from its terminal. */
import type { SetupState } from '@b3iq/wire/local-api';
import { formatLabel } from '../../flow/parse.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Field } from '../../parts/Field.tsx';
import { Icon } from '../../parts/Icon.tsx';
import type { FieldState } from '../../parts/use-form.ts';
import { claim as text, welcome } from '../../strings/en.json';

interface SecretFieldProps extends FieldState {
  readonly kind: SetupState['secret_kind'];
}

export function SecretField({ kind, ...field }: SecretFieldProps) {
  if (kind === 'token')
    return (
      <Field {...field} label={text.secret_token} hint={text.secret_token_hint} isMono>
        <Copy text={welcome.command} label={welcome.copy_command} />
      </Field>
    );
  return (
    <Field
      {...field}
      label={text.secret_label}
      hint={text.secret_label_hint}
      format={formatLabel}
      isMono
      placeholder="XXXX-XXXX"
    >
      <details class="where">
        <summary>
          {text.where}
          <span class="chevron">
            <Icon name="down" />
          </span>
        </summary>
        <ul class="bullets small">
          <li>{text.where_label}</li>
          <li>{text.where_screen}</li>
          <li>{text.where_chars}</li>
        </ul>
      </details>
    </Field>
  );
}
