/** A new password with the recovery code; the next code is shown once. Holds the page meanwhile. */
import { recover } from '../../api/setup.ts';
import type { Setup } from '../../flow/use-setup.ts';
import { Field } from '../../parts/Field.tsx';
import { Form } from '../../parts/Form.tsx';
import { NewPassword } from '../../parts/NewPassword.tsx';
import { useForm } from '../../parts/use-form.ts';
import { useNewPassword } from '../../parts/use-new-password.ts';
import { sign_in as text } from '../../strings/en.json';

interface RecoverFormProps {
  readonly flow: Setup;
  /** The code that came in the link, or empty. */
  readonly given: string;
  readonly onCode: (code: string) => void;
}

export function RecoverForm({ flow, given, onCode }: RecoverFormProps) {
  const fresh = useNewPassword();
  const form = useForm({
    start: { code: given },
    judge: ({ code }) => ({ code: code.trim() === '' ? text.error_code : undefined, ...fresh.judge() }),
    send: async ({ code }) => {
      flow.hold(true);
      const answer = await recover({ recovery_code: code.trim(), new_password: fresh.value });
      if (answer.kind !== 'ok') flow.hold(false);
      return answer;
    },
    done: ({ recovery_code }) => onCode(recovery_code),
  });
  const known = {
    code: 'recovery_code_wrong',
    title: text.recover_wrong_title,
    body: text.recover_wrong_body,
  };
  return (
    <Form form={form} action={text.recover_submit} known={known}>
      <Field
        {...form.fields.code}
        label={text.recover_code}
        hint={text.recover_code_hint}
        maxLength={64}
        isMono
      />
      <NewPassword label={text.recover_password} state={fresh} ownerName="" errors={form.errors} />
    </Form>
  );
}
