/** Change the password; replace the recovery code. Separate from the page because each is a form with its own outcome. */
import { useRef, useState } from 'preact/hooks';
import { changePassword, type Failure, renewRecoveryCode } from '../../api.ts';
import { judgePassword } from '../../flow/judge.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { focusFirstError, PasswordField } from '../../parts/Field.tsx';
import { NewPassword } from '../../parts/NewPassword.tsx';
import { FailureNote, Note } from '../../parts/Note.tsx';
import { RecoveryCode } from '../../parts/RecoveryCode.tsx';
import { claim, recovery, settings as text } from '../../strings/en.json';

type Errors = Readonly<Record<'old' | 'password' | 'again', string | undefined>>;

export function PasswordForm({ ownerName }: { readonly ownerName: string }) {
  const form = useRef<HTMLFormElement>(null);
  const [old, setOld] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [isShown, setShown] = useState(false);
  const [errors, setErrors] = useState<Errors>();
  const [outcome, setOutcome] = useState<Failure | 'done'>();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const fault = judgePassword(password);
    const found: Errors = {
      old: old === '' ? text.error_password_old : undefined,
      password: fault && claim[fault],
      again: fault === undefined && !isShown && again !== password ? claim.error_password_again : undefined,
    };
    setErrors(found);
    setOutcome(undefined);
    if (Object.values(found).some((error) => error !== undefined)) {
      focusFirstError(form.current);
      return;
    }
    const answer = await changePassword(old, password);
    if (answer.kind !== 'ok') {
      setOutcome(answer);
      return;
    }
    setOutcome('done');
    for (const clear of [setOld, setPassword, setAgain]) clear('');
  };
  return (
    <section class="card panel">
      <h2>{text.password_title}</h2>
      <p class="small">{text.password_body}</p>
      <form ref={form} noValidate onSubmit={(event) => void submit(event)}>
        {outcome === 'done' && <Note tone="ok" title={text.password_done} isNews />}
        {outcome !== undefined && outcome !== 'done' && <WrongPassword failure={outcome} />}
        <PasswordField
          label={text.password_old}
          value={old}
          onValue={setOld}
          error={errors?.old}
          autoComplete="current-password"
        />
        <NewPassword
          label={text.password_new}
          value={password}
          onValue={setPassword}
          again={again}
          onAgain={setAgain}
          isShown={isShown}
          onShown={setShown}
          ownerName={ownerName}
          error={errors?.password}
          errorAgain={errors?.again}
        />
        <button type="submit" class="btn">
          {text.password_submit}
        </button>
      </form>
    </section>
  );
}

export function CodeForm({ machineName }: { readonly machineName: string }) {
  const form = useRef<HTMLFormElement>(null);
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string>();
  const [failure, setFailure] = useState<Failure>();
  const [code, setCode] = useState<string>();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setFailure(undefined);
    setError(password === '' ? text.error_password_old : undefined);
    if (password === '') {
      focusFirstError(form.current);
      return;
    }
    const answer = await renewRecoveryCode(password);
    if (answer.kind !== 'ok') {
      setFailure(answer);
      return;
    }
    setPassword('');
    setCode(answer.value.recovery_code);
  };
  return (
    <section class="card panel">
      <h2>{text.code_title}</h2>
      <p class="small">{text.code_body}</p>
      <form ref={form} noValidate onSubmit={(event) => void submit(event)}>
        {failure !== undefined && <WrongPassword failure={failure} />}
        <PasswordField
          label={text.code_password}
          value={password}
          onValue={setPassword}
          error={error}
          autoComplete="current-password"
        />
        <button type="submit" class="btn quiet">
          {text.code_submit}
        </button>
      </form>
      {code !== undefined && (
        <Dialog title={recovery.heading} onClose={() => setCode(undefined)} isEasyToClose={false}>
          <p class="small">{recovery.lead}</p>
          <RecoveryCode
            code={code}
            name={machineName}
            action={recovery.continue}
            onKept={() => setCode(undefined)}
          />
        </Dialog>
      )}
    </section>
  );
}

function WrongPassword({ failure }: { readonly failure: Failure }) {
  if (failure.kind === 'problem' && failure.code === 'sign_in_refused')
    return (
      <Note tone="bad" title={text.password_wrong_title} isNews>
        {text.password_wrong_body}
      </Note>
    );
  return <FailureNote failure={failure} />;
}
