/** The claim's form: secret unless it came in the link, owner name, password; errors beside what they are about. */
import type { SetupState } from '@b3iq/wire/local-api';
import { useEffect, useRef, useState } from 'preact/hooks';
import { claim, type Failure, type Refusal } from '../../api.ts';
import { judgeClaim } from '../../flow/judge.ts';
import { formatLabel, parseLabel, parseToken, tokenFromFragment } from '../../flow/parse.ts';
import { pathOf } from '../../flow/state.ts';
import type { ClaimFormErrors } from '../../flow/types.ts';
import type { Setup } from '../../flow/use-setup.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Field, focusFirstError } from '../../parts/Field.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { NewPassword } from '../../parts/NewPassword.tsx';
import { FailureNote, Note } from '../../parts/Note.tsx';
import { useCountdown } from '../../parts/use-countdown.ts';
import { claim as text, welcome } from '../../strings/en.json';
import { fill, formatCountdown, plural } from '../../text.ts';

interface ClaimFormProps {
  readonly flow: Setup;
  readonly onClaimed: (recoveryCode: string) => void;
}

export function ClaimForm({ flow, onClaimed }: ClaimFormProps) {
  const { setup, hold, refresh } = flow;
  const form = useRef<HTMLFormElement>(null);
  const [secret, setSecret] = useState('');
  const [isFromLink, setFromLink] = useState(false);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [isShown, setShown] = useState(false);
  const [errors, setErrors] = useState<ClaimFormErrors>({});
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const lockedS = useCountdown(setup?.locked_for_s ?? 0, setup);
  const kind = setup?.secret_kind ?? 'token';

  useEffect(() => {
    const read = (): void => {
      const token = tokenFromFragment(window.location.hash);
      if (token === undefined) return;
      setSecret(token);
      setFromLink(true);
    };
    read();
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy || lockedS > 0) return;
    const found = judgeClaim(
      { secret, name, password, passwordAgain: again, isPasswordShown: isShown },
      kind,
    );
    setErrors(found);
    if (Object.keys(found).length > 0) {
      focusFirstError(form.current);
      return;
    }
    setBusy(true);
    setFailure(undefined);
    // Held from here on: the machine may already count as claimed when its answer, with the code, is still under way.
    hold(true);
    const answer = await claim({
      secret: (kind === 'label' ? parseLabel(secret) : parseToken(secret)) ?? '',
      owner: { name: name.trim(), password },
    });
    setBusy(false);
    if (answer.kind === 'ok') {
      onClaimed(answer.value.recovery_code);
      return;
    }
    // A token that turned out wrong can be replaced by hand.
    if (answer.kind === 'problem' && answer.code.startsWith('claim_secret')) setFromLink(false);
    setFailure(answer);
    // A lost answer, or an owner who was faster, is told here rather than by a sudden sign-in page.
    hold(answer.kind === 'unreachable' || answer.code === 'already_claimed');
    await refresh();
  };

  return (
    <form ref={form} noValidate onSubmit={(event) => void submit(event)}>
      <Outcome failure={failure} setup={setup} kind={kind} lockedS={lockedS} />
      {isFromLink ? (
        <p class="model-line">
          <Icon name="check" />
          {text.secret_from_link}
        </p>
      ) : (
        setup !== undefined && (
          <SecretField kind={kind} value={secret} onValue={setSecret} error={errors.secret} />
        )
      )}
      <Field
        label={text.name}
        hint={text.name_hint}
        value={name}
        onValue={setName}
        error={errors.name && text[errors.name]}
        name="username"
        autoComplete="username"
        maxLength={64}
      />
      <NewPassword
        label={text.password}
        value={password}
        onValue={setPassword}
        again={again}
        onAgain={setAgain}
        isShown={isShown}
        onShown={setShown}
        ownerName={name}
        error={errors.password && text[errors.password]}
        errorAgain={errors.passwordAgain && text[errors.passwordAgain]}
      />
      <div class="actions">
        <button type="submit" class="btn wide" aria-disabled={isBusy || lockedS > 0}>
          {lockedS > 0
            ? fill(text.locked_button, { time: formatCountdown(lockedS) })
            : isBusy
              ? text.submitting
              : text.submit}
        </button>
      </div>
    </form>
  );
}

interface SecretFieldProps {
  readonly kind: SetupState['secret_kind'];
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error: ClaimFormErrors['secret'];
}

function SecretField({ kind, value, onValue, error }: SecretFieldProps) {
  const message = error && text[error];
  if (kind === 'label')
    return (
      <Field
        label={text.secret_label}
        hint={text.secret_label_hint}
        value={value}
        onValue={onValue}
        format={formatLabel}
        error={message}
        isMono
        placeholder="XXXX-XXXX"
      />
    );
  return (
    <Field
      label={text.secret_token}
      hint={text.secret_token_hint}
      value={value}
      onValue={onValue}
      error={message}
      isMono
    >
      <Copy text={welcome.command} label={welcome.copy_command} />
    </Field>
  );
}

interface OutcomeProps {
  readonly failure: Failure | undefined;
  readonly setup: SetupState | undefined;
  readonly kind: SetupState['secret_kind'];
  readonly lockedS: number;
}

/** What became of the last try: locked, taken, wrong, lost, or the machine's own words. */
function Outcome({ failure, setup, kind, lockedS }: OutcomeProps) {
  if ((setup !== undefined && setup.state !== 'unclaimed') || codeOf(failure) === 'already_claimed')
    return (
      <Note tone="info" title={text.taken_title} isNews>
        {text.taken_body} <a href={pathOf('sign-in')}>{text.taken_link}</a>
      </Note>
    );
  if (lockedS > 0)
    return (
      <Note tone="warn" title={text.locked_title}>
        {/* The number changes each second; only the first is worth speaking. */}
        <span class="num">{fill(text.locked_body, { time: formatCountdown(lockedS) })}</span>
      </Note>
    );
  if (failure === undefined || codeOf(failure) === 'claim_locked') return null;
  if (failure.kind === 'unreachable')
    return (
      <Note tone="warn" title={text.unsure_title} isNews>
        {text.unsure_body}
      </Note>
    );
  if (failure.code === 'claim_secret_wrong' || failure.code === 'claim_secret_expired')
    return <WrongSecret failure={failure} kind={kind} triesLeft={setup?.tries_left} />;
  return <FailureNote failure={failure} />;
}

interface WrongSecretProps {
  readonly failure: Refusal;
  readonly kind: SetupState['secret_kind'];
  readonly triesLeft: number | undefined;
}

function WrongSecret({ failure, kind, triesLeft }: WrongSecretProps) {
  const title =
    failure.code === 'claim_secret_expired'
      ? text.expired_title
      : kind === 'label'
        ? text.wrong_label_title
        : text.wrong_token_title;
  return (
    <Note tone="bad" title={title} isNews>
      {kind === 'label' ? text.wrong_label_body : text.wrong_token_body}{' '}
      {triesLeft !== undefined &&
        triesLeft > 0 &&
        plural(triesLeft, text.tries_left_one, text.tries_left_other)}
    </Note>
  );
}

function codeOf(failure: Failure | undefined): string | undefined {
  return failure?.kind === 'problem' ? failure.code : undefined;
}
