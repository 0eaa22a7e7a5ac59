/** Second page: who owns the machine, then the recovery code. Holds the page until the code is said to be kept. */
import { useState } from 'preact/hooks';
import type { Failure } from '../api/call.ts';
import { renewRecoveryCode, saveStep } from '../api/setup.ts';
import { nextStep } from '../flow/state.ts';
import { type Setup, useSetup } from '../flow/use-setup.ts';
import { Heading } from '../parts/Heading.tsx';
import { FailureNote } from '../parts/Note.tsx';
import { PasswordGate } from '../parts/PasswordGate.tsx';
import { RecoveryCode } from '../parts/RecoveryCode.tsx';
import { Wizard } from '../parts/Wizard.tsx';
import { common, recovery, claim as text } from '../strings/en.json';
import { ClaimForm } from './claim/ClaimForm.tsx';

export function Claim() {
  const flow = useSetup('claim');
  const { setup, hold } = flow;
  const [code, setCode] = useState<string>();
  const show = (made: string): void => {
    hold(true);
    setCode(made);
    // The token is spent; it should not linger in the address bar or the history.
    try {
      window.history.replaceState(null, '', window.location.pathname);
    } catch {
      // Some captive mini-browsers forbid it; the token is dead all the same.
    }
  };
  const isOwned = setup !== undefined && setup.state !== 'unclaimed';
  return (
    <Wizard page="claim" flow={flow}>
      {code !== undefined ? (
        <Kept code={code} flow={flow} />
      ) : isOwned && setup.signed_in ? (
        <Again flow={flow} onCode={show} />
      ) : (
        <>
          <Heading>{text.heading}</Heading>
          <p class="lead">{text.lead}</p>
          <ClaimForm flow={flow} onClaimed={show} />
        </>
      )}
    </Wizard>
  );
}

function Kept({ code, flow }: { readonly code: string; readonly flow: Setup }) {
  const [failure, setFailure] = useState<Failure>();
  return (
    <>
      <Heading takesFocus>{recovery.heading}</Heading>
      <p class="lead">{recovery.lead}</p>
      <RecoveryCode
        code={code}
        words={recovery}
        name={flow.setup?.name ?? common.machine}
        action={recovery.continue}
        onKept={async () => setFailure(await goOn(flow))}
      />
      {failure !== undefined && <FailureNote failure={failure} />}
    </>
  );
}

/** A reload lost the code: go on with the one that was kept, or make another. */
function Again({ flow, onCode }: { readonly flow: Setup; readonly onCode: (code: string) => void }) {
  const [isMaking, setMaking] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  return (
    <>
      <Heading>{recovery.again_heading}</Heading>
      <p class="lead">{recovery.again_lead}</p>
      {failure !== undefined && <FailureNote failure={failure} />}
      {isMaking && (
        <PasswordGate
          label={recovery.again_password}
          action={recovery.again_make}
          send={renewRecoveryCode}
          onDone={({ recovery_code }) => onCode(recovery_code)}
        />
      )}
      {!isMaking && (
        <div class="actions">
          <button type="button" class="btn wide" onClick={async () => setFailure(await goOn(flow))}>
            {recovery.again_have}
          </button>
          <button type="button" class="btn wide plain" onClick={() => setMaking(true)}>
            {recovery.again_make}
          </button>
        </div>
      )}
    </>
  );
}

/** Lets the page go, and follows the machine to the next step. */
async function goOn({ setup, hold, accept }: Setup): Promise<Failure | undefined> {
  const answer = await saveStep(nextStep('claim', setup?.network_step ?? false));
  if (answer.kind !== 'ok') return answer;
  hold(false);
  accept(answer.value);
  return undefined;
}
