/** The owner's door: name and password, or the recovery code kept at the claim. */
import { useEffect, useState } from 'preact/hooks';
import { recoveryFromFragment } from '../flow/parse.ts';
import { useSetup } from '../flow/use-setup.ts';
import { Heading } from '../parts/Heading.tsx';
import { Note } from '../parts/Note.tsx';
import { RecoveryCode } from '../parts/RecoveryCode.tsx';
import { Wizard } from '../parts/Wizard.tsx';
import { common, recovery, sign_in as text } from '../strings/en.json';
import { PasswordForm } from './sign-in/PasswordForm.tsx';
import { RecoverForm } from './sign-in/RecoverForm.tsx';

export function SignIn() {
  const flow = useSetup('sign-in');
  const [given, setGiven] = useState('');
  const [way, setWay] = useState<'password' | 'recovery'>('password');
  const [hasTurned, setTurned] = useState(false);
  const [code, setCode] = useState<string>();
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
  if (code !== undefined)
    return (
      <Wizard page="sign-in" flow={flow}>
        <Heading takesFocus>{recovery.heading}</Heading>
        <p class="lead">{recovery.lead}</p>
        <RecoveryCode
          code={code}
          words={recovery}
          name={flow.setup?.name ?? common.machine}
          action={text.continue}
          onKept={() => {
            flow.hold(false);
            void flow.refresh();
          }}
        />
      </Wizard>
    );
  const isPassword = way === 'password';
  return (
    <Wizard page="sign-in" flow={flow}>
      <Heading key={way} takesFocus={hasTurned}>
        {isPassword ? text.heading : text.recover_heading}
      </Heading>
      <p class="lead">{isPassword ? text.lead : text.recover_lead}</p>
      {flow.setup?.state === 'claimed-recovering' && (
        <Note tone="warn" title={text.lost_title}>
          {text.lost_body}
        </Note>
      )}
      {isPassword ? <PasswordForm flow={flow} /> : <RecoverForm flow={flow} given={given} onCode={setCode} />}
      <button
        type="button"
        class="btn wide plain"
        onClick={() => {
          setTurned(true);
          setWay(isPassword ? 'recovery' : 'password');
        }}
      >
        {isPassword ? text.use_recovery : text.use_password}
      </button>
    </Wizard>
  );
}
