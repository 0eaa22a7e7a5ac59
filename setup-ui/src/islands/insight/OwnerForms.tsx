/** Change the password; replace the recovery code. Separate from the page because each is a form with its own outcome. */
import { useState } from 'preact/hooks';
import { changePassword, renewRecoveryCode } from '../../api/setup.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { PasswordField } from '../../parts/Field.tsx';
import { Form, wrongPassword } from '../../parts/Form.tsx';
import { NewPassword } from '../../parts/NewPassword.tsx';
import { Note } from '../../parts/Note.tsx';
import { PasswordGate } from '../../parts/PasswordGate.tsx';
import { RecoveryCode } from '../../parts/RecoveryCode.tsx';
import { useForm } from '../../parts/use-form.ts';
import { useNewPassword } from '../../parts/use-new-password.ts';
import { form as formText, recovery, settings as text } from '../../strings/en.json';

export function PasswordForm({ ownerName }: { readonly ownerName: string }) {
  const fresh = useNewPassword();
  const [isDone, setDone] = useState(false);
  const form = useForm({
    start: { old: '' },
    judge: ({ old }) => {
      setDone(false);
      return { old: old === '' ? formText.password_missing : undefined, ...fresh.judge() };
    },
    send: ({ old }) => changePassword(old, fresh.value),
    done: (_nothing, clear) => {
      setDone(true);
      clear();
      fresh.clear();
    },
  });
  return (
    <section class="card panel">
      <h2>{text.password_title}</h2>
      <p class="small">{text.password_body}</p>
      {isDone && <Note tone="ok" title={text.password_done} isNews />}
      <Form form={form} action={text.password_submit} look="panel" known={wrongPassword}>
        <PasswordField {...form.fields.old} label={text.password_old} autoComplete="current-password" />
        <NewPassword label={text.password_new} state={fresh} ownerName={ownerName} errors={form.errors} />
      </Form>
    </section>
  );
}

export function CodeForm({ machineName }: { readonly machineName: string }) {
  const [code, setCode] = useState<string>();
  return (
    <section class="card panel">
      <h2>{text.code_title}</h2>
      <p class="small">{text.code_body}</p>
      <PasswordGate
        label={text.code_password}
        action={text.code_submit}
        look="quiet"
        send={renewRecoveryCode}
        onDone={({ recovery_code }) => setCode(recovery_code)}
      />
      {code !== undefined && (
        <Dialog title={recovery.heading} onClose={() => setCode(undefined)} isEasyToClose={false}>
          <p class="small">{recovery.lead}</p>
          <RecoveryCode
            code={code}
            words={recovery}
            name={machineName}
            action={recovery.continue}
            onKept={() => setCode(undefined)}
          />
        </Dialog>
      )}
    </section>
  );
}
