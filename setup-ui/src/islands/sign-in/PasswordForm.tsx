/** Name and password. Separate from the page because the other way in is a form of its own. */
import { signIn } from '../../api/setup.ts';
import type { Setup } from '../../flow/use-setup.ts';
import { Field, PasswordField } from '../../parts/Field.tsx';
import { Form } from '../../parts/Form.tsx';
import { useForm } from '../../parts/use-form.ts';
import { sign_in as text } from '../../strings/en.json';

export function PasswordForm({ flow }: { readonly flow: Setup }) {
  const form = useForm({
    start: { name: '', password: '' },
    judge: ({ name, password }) => ({
      name: name.trim() === '' ? text.error_name : undefined,
      password: password === '' ? text.error_password : undefined,
    }),
    send: ({ name, password }) => signIn({ name: name.trim(), password }),
    done: () => flow.refresh(),
  });
  const known = { code: 'sign_in_refused', title: text.refused_title, body: text.refused_body };
  return (
    <Form form={form} action={text.submit} known={known}>
      <Field {...form.fields.name} label={text.name} name="username" autoComplete="username" maxLength={64} />
      <PasswordField
        {...form.fields.password}
        label={text.password}
        name="password"
        autoComplete="current-password"
      />
    </Form>
  );
}
