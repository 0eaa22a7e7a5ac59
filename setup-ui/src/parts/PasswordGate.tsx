/** The owner's password once more, before something that must not happen by a page left open. Used wherever it is asked. */
import type { ComponentChildren } from 'preact';
import type { Answer } from '../api/call.ts';
import { form as text } from '../strings/en.json';
import { PasswordField } from './Field.tsx';
import { Form, wrongPassword } from './Form.tsx';
import { type FieldErrors, useForm } from './use-form.ts';

interface PasswordGateProps<Value> {
  readonly label: string;
  readonly action: string;
  readonly look?: 'page' | 'panel' | 'quiet' | 'danger';
  /** Asks the machine for what the password opens. */
  readonly send: (password: string) => Promise<Answer<Value>>;
  readonly onDone: (value: Value) => void;
  /** Judges what else is in the form. */
  readonly judge?: () => FieldErrors<'more'>;
  /** Fields above the password; given the error `judge` found. */
  readonly more?: (error: string | undefined) => ComponentChildren;
  readonly after?: ComponentChildren;
}

export function PasswordGate<Value>(props: PasswordGateProps<Value>) {
  const form = useForm({
    start: { password: '' },
    judge: ({ password }) => ({
      password: password === '' ? text.password_missing : undefined,
      ...props.judge?.(),
    }),
    send: ({ password }) => props.send(password),
    done: (value, clear) => {
      props.onDone(value);
      clear();
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
      <PasswordField {...form.fields.password} label={props.label} autoComplete="current-password" />
    </Form>
  );
}
