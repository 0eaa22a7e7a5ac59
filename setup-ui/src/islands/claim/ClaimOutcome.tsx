/** What became of the last try to claim: locked, taken, wrong, lost, or the machine's own words. */
import type { SetupState } from '@b3iq/wire/local-api';
import type { Failure } from '../../api/call.ts';
import { pathOf } from '../../flow/state.ts';
import { Refused } from '../../parts/Form.tsx';
import { Note } from '../../parts/Note.tsx';
import { claim as text } from '../../strings/en.json';
import { plural } from '../../text.ts';

/** Tries the machine gives in a row. */
const TRIES = 5;

interface ClaimOutcomeProps {
  readonly failure: Failure | undefined;
  readonly setup: SetupState | undefined;
  readonly kind: SetupState['secret_kind'];
  readonly lockedS: number;
  readonly isBusy: boolean;
}

export function ClaimOutcome({ failure, setup, kind, lockedS, isBusy }: ClaimOutcomeProps) {
  const code = failure?.kind === 'problem' ? failure.code : undefined;
  // While a claim is under way the machine may already call itself claimed: that is this claim, not a stranger's.
  if ((setup !== undefined && setup.state !== 'unclaimed' && !isBusy) || code === 'already_claimed')
    return (
      <Note tone="info" title={text.taken_title} isNews>
        {text.taken_body} <a href={pathOf('sign-in')}>{text.taken_link}</a>
      </Note>
    );
  if (lockedS > 0) return <Refused failure={failure} lockedS={lockedS} />;
  if (failure?.kind === 'unreachable')
    return (
      <Note tone="warn" title={text.unsure_title} isNews>
        {text.unsure_body}
      </Note>
    );
  const left = setup?.tries_left ?? TRIES;
  const tries = left > 0 && left < TRIES ? plural(left, text.tries_left_one, text.tries_left_other) : '';
  if (code === 'claim_secret_wrong' || code === 'claim_secret_expired')
    return (
      <Note tone="bad" title={code === 'claim_secret_expired' ? text.expired_title : WRONG[kind]} isNews>
        {kind === 'label' ? text.wrong_label_body : text.wrong_token_body} {tries}
      </Note>
    );
  if (failure !== undefined) return <Refused failure={failure} lockedS={0} />;
  if (tries === '') return null;
  return (
    <Note tone="info" title={tries}>
      {text.tries_left_body}
    </Note>
  );
}

const WRONG = { label: text.wrong_label_title, token: text.wrong_token_title } as const;
