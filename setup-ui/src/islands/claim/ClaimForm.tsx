/** The claim's form: secret unless it came in the link, owner name, password; errors beside what they are about. */
import { useEffect, useState } from 'preact/hooks';
import { claim } from '../../api/setup.ts';
import { judgeClaim } from '../../flow/judge.ts';
import { parseLabel, parseToken, tokenFromFragment } from '../../flow/parse.ts';
import type { Setup } from '../../flow/use-setup.ts';
import { Field } from '../../parts/Field.tsx';
import { Form } from '../../parts/Form.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { NewPassword } from '../../parts/NewPassword.tsx';
import { useCountdown } from '../../parts/use-countdown.ts';
import { useForm } from '../../parts/use-form.ts';
import { useNewPassword } from '../../parts/use-new-password.ts';
import { claim as text } from '../../strings/en.json';
import { ClaimOutcome } from './ClaimOutcome.tsx';
import { SecretField } from './SecretField.tsx';

interface ClaimFormProps {
  readonly flow: Setup;
  readonly onClaimed: (recoveryCode: string) => void;
}

export function ClaimForm({ flow, onClaimed }: ClaimFormProps) {
  const { setup, hold, refresh } = flow;
  const [isFromLink, setFromLink] = useState(false);
  const fresh = useNewPassword();
  const lockedS = useCountdown(setup?.locked_for_s ?? 0, setup);
  const kind = setup?.secret_kind ?? 'token';

  const form = useForm({
    lockedS,
    start: { secret: '', name: '' },
    judge: ({ secret, name }) => {
      const fault = judgeClaim({ secret, name }, kind);
      return {
        secret: fault.secret && text[fault.secret],
        name: fault.name && text[fault.name],
        ...fresh.judge(),
      };
    },
    send: async ({ secret, name }) => {
      // Held from here on: the machine may already count as claimed when its answer, with the code, is still under way.
      hold(true);
      const answer = await claim({
        secret: (kind === 'label' ? parseLabel(secret) : parseToken(secret)) ?? '',
        owner: { name: name.trim(), password: fresh.value },
      });
      if (answer.kind === 'ok') return answer;
      // A token that turned out wrong can be replaced by hand.
      if (answer.kind === 'problem' && answer.code.startsWith('claim_secret')) setFromLink(false);
      // A lost answer, or an owner who was faster, is told here rather than by a sudden sign-in page.
      hold(answer.kind === 'unreachable' || answer.code === 'already_claimed');
      await refresh();
      return answer;
    },
    done: ({ recovery_code }) => onClaimed(recovery_code),
  });
  const { secret, name } = form.fields;

  useEffect(() => {
    const read = (): void => {
      const token = tokenFromFragment(window.location.hash);
      if (token === undefined) return;
      secret.onValue(token);
      setFromLink(true);
    };
    read();
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);

  return (
    <Form
      form={form}
      action={text.submit}
      outcome={
        <ClaimOutcome
          failure={form.failure}
          setup={setup}
          kind={kind}
          lockedS={form.lockedS}
          isBusy={form.isBusy}
        />
      }
    >
      {isFromLink ? (
        <p class="model-line">
          <Icon name="check" />
          {text.secret_from_link}
        </p>
      ) : (
        setup !== undefined && <SecretField {...secret} kind={kind} />
      )}
      <Field
        {...name}
        label={text.name}
        hint={text.name_hint}
        name="username"
        autoComplete="username"
        maxLength={64}
      />
      <NewPassword label={text.password} state={fresh} ownerName={name.value} errors={form.errors} />
    </Form>
  );
}
