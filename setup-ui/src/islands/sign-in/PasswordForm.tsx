/** Name and password. Separate from the page because the other way in is a form of its own. */
import { useState } from 'preact/hooks';
import { signIn } from '../../api/setup.ts';
import type { Setup } from '../../flow/use-setup.ts';
import { Field, PasswordField } from '../../parts/Field.tsx';
import { Form } from '../../parts/Form.tsx';
import { useForm } from '../../parts/use-form.ts';
import { sign_in as text } from '../../strings/en.json';

export function PasswordForm({ flow }: { readonly flow: Setup }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const form = useForm({
    judge: () => ({
      name: name.trim() === '' ? text.error_name : undefined,
      password: password === '' ? text.error_password : undefined,
    }),
    send: async () => {
      const answer = await signIn({ name: name.trim(), password });
      if (answer.kind !== 'ok') return answer;
      await flow.refresh();
      return undefined;
    },
  });
  const known = { code: 'sign_in_refused', title: text.refused_title, body: text.refused_body };
  return (
    <Form form={form} action={text.submit} known={known}>
      <Field
        label={text.name}
        value={name}
        onValue={setName}
        error={form.errors.name}
        name="username"
        autoComplete="username"
        maxLength={64}
      />
      <PasswordField
        label={text.password}
        value={password}
        onValue={setPassword}
        error={form.errors.password}
        name="password"
        autoComplete="current-password"
      />
    </Form>
  );
}
