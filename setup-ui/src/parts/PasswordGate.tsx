/** The owner's password once more, before something that must not happen by a page left open. Used wherever it is asked. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Failure } from '../api/call.ts';
import { form as text } from '../strings/en.json';
import { PasswordField } from './Field.tsx';
import { Form, wrongPassword } from './Form.tsx';
import { type FieldErrors, useForm } from './use-form.ts';

interface PasswordGateProps {
  readonly label: string;
  readonly action: string;
  readonly look?: 'page' | 'panel' | 'quiet' | 'danger';
  /** Does what the password is asked for; resolves with why it was refused, or undefined when done. */
  readonly onPassword: (password: string) => Promise<Failure | undefined>;
  /** Judges what else is in the form. */
  readonly judge?: () => FieldErrors<'more'>;
  /** Fields above the password; given the error `judge` found. */
  readonly more?: (error: string | undefined) => ComponentChildren;
  readonly after?: ComponentChildren;
}

export function PasswordGate(props: PasswordGateProps) {
  const [password, setPassword] = useState('');
  const form = useForm({
    judge: () => ({ password: password === '' ? text.password_missing : undefined, ...props.judge?.() }),
    send: async () => {
      const refused = await props.onPassword(password);
      if (refused === undefined) setPassword('');
      return refused;
    },
  });
  return (
    <Form
      form={form}
      action={props.action}
      look={props.look ?? 'page'}
      known={wrongPassword}
      after={props.after}
    >
      {props.more?.(form.errors.more)}
      <PasswordField
        label={props.label}
        value={password}
        onValue={setPassword}
        error={form.errors.password}
        autoComplete="current-password"
      />
    </Form>
  );
}
