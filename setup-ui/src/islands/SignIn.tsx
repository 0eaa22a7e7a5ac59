/** The owner's door: name and password, or the recovery code kept at the claim. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Failure, recover, signIn } from '../api.ts';
import { judgePassword } from '../flow/judge.ts';
import { recoveryFromFragment } from '../flow/parse.ts';
import { type Setup, useSetup } from '../flow/use-setup.ts';
import { Field, focusFirstError, PasswordField } from '../parts/Field.tsx';
import { Heading } from '../parts/Heading.tsx';
import { NewPassword } from '../parts/NewPassword.tsx';
import { FailureNote, Note } from '../parts/Note.tsx';
import { RecoveryCode } from '../parts/RecoveryCode.tsx';
import { useCountdown } from '../parts/use-countdown.ts';
import { Wizard } from '../parts/Wizard.tsx';
import { claim as claimText, common, recovery, sign_in as text } from '../strings/en.json';
import { fill, formatCountdown } from '../text.ts';

export function SignIn() {
  const flow = useSetup('sign-in');
  const [given, setGiven] = useState('');
  const [way, setWay] = useState<'password' | 'recovery'>('password');
  useEffect(() => {
    const fromLink = recoveryFromFragment(window.location.hash);
    if (fromLink === undefined) return;
    setGiven(fromLink);
    setWay('recovery');
    try {
      window.history.replaceState(null, '', window.location.pathname);
    } catch {
      // Some captive browsers refuse; the code is dead once it is used.
    }
  }, []);
  const [hasTurned, setTurned] = useState(false);
  const [code, setCode] = useState<string>();
  const turn = (): void => {
    setTurned(true);
    setWay(way === 'password' ? 'recovery' : 'password');
  };
  if (code !== undefined)
    return (
      <Wizard page="sign-in" flow={flow}>
        <Heading takesFocus>{recovery.heading}</Heading>
        <p class="lead">{recovery.lead}</p>
        <RecoveryCode
          code={code}
          name={flow.setup?.name ?? common.machine}
          action={text.continue}
          onKept={() => {
            flow.hold(false);
            void flow.refresh();
          }}
        />
      </Wizard>
    );
  return (
    <Wizard page="sign-in" flow={flow}>
      <Heading key={way} takesFocus={hasTurned}>
        {way === 'password' ? text.heading : text.recover_heading}
      </Heading>
      <p class="lead">{way === 'password' ? text.lead : text.recover_lead}</p>
      {way === 'password' ? (
        <PasswordForm flow={flow} />
      ) : (
        <RecoverForm flow={flow} given={given} onCode={setCode} />
      )}
      <button type="button" class="btn wide plain" onClick={turn}>
        {way === 'password' ? text.use_recovery : text.use_password}
      </button>
    </Wizard>
  );
}

function PasswordForm({ flow }: { readonly flow: Setup }) {
  const form = useRef<HTMLFormElement>(null);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [errors, setErrors] = useState<{ readonly name?: string; readonly password?: string }>({});
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const lockedS = useLock(failure);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy || lockedS > 0) return;
    const found = {
      ...(name.trim() === '' && { name: text.error_name }),
      ...(password === '' && { password: text.error_password }),
    };
    setErrors(found);
    if (Object.keys(found).length > 0) {
      focusFirstError(form.current);
      return;
    }
    setBusy(true);
    setFailure(undefined);
    const answer = await signIn({ name: name.trim(), password });
    setBusy(false);
    if (answer.kind === 'ok') await flow.refresh();
    else setFailure(answer);
  };
  return (
    <form ref={form} noValidate onSubmit={(event) => void submit(event)}>
      <Refused failure={failure} lockedS={lockedS} code="sign_in_refused" />
      <Field
        label={text.name}
        value={name}
        onValue={setName}
        error={errors.name}
        name="username"
        autoComplete="username"
        maxLength={64}
      />
      <PasswordField
        label={text.password}
        value={password}
        onValue={setPassword}
        error={errors.password}
        name="password"
        autoComplete="current-password"
      />
      <div class="actions">
        <Submit label={text.submit} isBusy={isBusy} lockedS={lockedS} />
      </div>
    </form>
  );
}

interface RecoverFormProps {
  readonly flow: Setup;
  /** The code that came in the link, or empty. */
  readonly given: string;
  readonly onCode: (code: string) => void;
}

function RecoverForm({ flow, given, onCode }: RecoverFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [code, setCode] = useState(given);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [isShown, setShown] = useState(false);
  const [errors, setErrors] = useState<Readonly<Record<'code' | 'password' | 'again', string | undefined>>>();
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const lockedS = useLock(failure);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy || lockedS > 0) return;
    const fault = judgePassword(password);
    const found = {
      code: code.trim() === '' ? text.error_code : undefined,
      password: fault && claimText[fault],
      again:
        fault === undefined && !isShown && again !== password ? claimText.error_password_again : undefined,
    };
    setErrors(found);
    if (Object.values(found).some((error) => error !== undefined)) {
      focusFirstError(form.current);
      return;
    }
    setBusy(true);
    setFailure(undefined);
    flow.hold(true);
    const answer = await recover({ recovery_code: code.trim(), new_password: password });
    setBusy(false);
    if (answer.kind === 'ok') {
      onCode(answer.value.recovery_code);
      return;
    }
    flow.hold(false);
    setFailure(answer);
  };
  return (
    <form ref={form} noValidate onSubmit={(event) => void submit(event)}>
      <Refused failure={failure} lockedS={lockedS} code="recovery_code_wrong" />
      <Field
        label={text.recover_code}
        hint={text.recover_code_hint}
        value={code}
        onValue={setCode}
        error={errors?.code}
        maxLength={64}
        isMono
      />
      <NewPassword
        label={text.recover_password}
        value={password}
        onValue={setPassword}
        again={again}
        onAgain={setAgain}
        isShown={isShown}
        onShown={setShown}
        ownerName=""
        error={errors?.password}
        errorAgain={errors?.again}
      />
      <div class="actions">
        <Submit label={text.recover_submit} isBusy={isBusy} lockedS={lockedS} />
      </div>
    </form>
  );
}

/** Seconds until the next try, from the machine's own refusal. */
function useLock(failure: Failure | undefined): number {
  return useCountdown(
    failure?.kind === 'problem' && failure.status === 429 ? (failure.retryAfterS ?? 0) : 0,
    failure,
  );
}

interface SubmitProps {
  readonly label: string;
  readonly isBusy: boolean;
  readonly lockedS: number;
}

function Submit({ label, isBusy, lockedS }: SubmitProps) {
  return (
    <button type="submit" class="btn wide" aria-disabled={isBusy || lockedS > 0}>
      {lockedS > 0
        ? fill(claimText.locked_button, { time: formatCountdown(lockedS) })
        : isBusy
          ? text.submitting
          : label}
    </button>
  );
}

interface RefusedProps {
  readonly failure: Failure | undefined;
  readonly lockedS: number;
  /** The code that has words of its own here. */
  readonly code: 'sign_in_refused' | 'recovery_code_wrong';
}

function Refused({ failure, lockedS, code }: RefusedProps) {
  if (failure === undefined) return null;
  if (lockedS > 0)
    return (
      <Note tone="warn" title={claimText.locked_title}>
        <span class="num">{fill(text.locked_body, { time: formatCountdown(lockedS) })}</span>
      </Note>
    );
  if (failure.kind !== 'problem' || failure.code !== code)
    return failure.kind === 'problem' && failure.status === 429 ? null : <FailureNote failure={failure} />;
  return (
    <Note
      tone="bad"
      title={code === 'sign_in_refused' ? text.refused_title : text.recover_wrong_title}
      isNews
    >
      {code === 'sign_in_refused' ? text.refused_body : text.recover_wrong_body}
    </Note>
  );
}
