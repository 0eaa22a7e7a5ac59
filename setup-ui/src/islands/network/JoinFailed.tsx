/** Why the last join failed: what happened, what it means, what to do. Kept by the machine over a restart, so with its time. */
import type { JoinState, WifiNetwork } from '@b3iq/wire/local-api';
import { Fill } from '../../parts/Fill.tsx';
import { Note } from '../../parts/Note.tsx';
import { network as text } from '../../strings/en.json';
import { ageOf, fill, spanOf } from '../../text.ts';
import { Ssid } from './Ssid.tsx';

/** A failure this fresh was seen happening. */
const RECENT_S = 20;

interface JoinFailedProps {
  readonly join: JoinState;
  readonly networks: readonly WifiNetwork[];
}

export function JoinFailed({ join, networks }: JoinFailedProps) {
  if (join.kind !== 'failed') return null;
  const isWpa3 = networks.some((found) => found.ssid === join.ssid && found.security === 'wpa3');
  // Before it has ever been online the machine's clock may be years off; a time that cannot be is not shown.
  const ageS = ageOf(join.at, Date.now());
  return (
    <Note
      tone="bad"
      title={
        <Fill
          text={text[`fail_${join.reason}_title`]}
          values={{ ssid: <Ssid name={join.ssid} isQuoted /> }}
        />
      }
      isNews
    >
      {text[`fail_${join.reason}_body`]}{' '}
      {join.reason === 'not-found' && isWpa3 && text['fail_not-found_wpa3']}
      {ageS !== undefined && ageS > RECENT_S && (
        <small class="code">{fill(text.tried, { age: spanOf(ageS) })}</small>
      )}
    </Note>
  );
}
