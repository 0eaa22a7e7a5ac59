/** How a join is going or went, in one sentence each. Separate because each failure has its own words. */
import type { JoinState, WifiNetwork } from '@b3iq/wire/local-api';
import { tameName } from '../../flow/parse.ts';
import { Fill } from '../../parts/Fill.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Note } from '../../parts/Note.tsx';
import { network as text } from '../../strings/en.json';
import { fill } from '../../text.ts';

/** A hostile name in quotes, isolated so that it cannot turn the sentence around. */
export function Ssid({ name }: { readonly name: string }) {
  const tame = tameName(name);
  return <bdi>{tame.trim() === '' ? text.unnamed : `“${tame}”`}</bdi>;
}

interface JoinOutcomeProps {
  readonly join: JoinState;
  readonly networks: readonly WifiNetwork[];
}

export function JoinOutcome({ join, networks }: JoinOutcomeProps) {
  switch (join.kind) {
    case 'idle':
      return null;
    case 'joining':
      return <Joining ssid={join.ssid} phase={join.phase} />;
    case 'joined':
      return (
        <Note
          tone={join.internet ? 'ok' : 'warn'}
          title={<Fill text={text.joined_title} values={{ ssid: <Ssid name={join.ssid} /> }} />}
          isNews
        >
          {fill(text.joined_body, { address: tameName(join.address, 60) })}{' '}
          {!join.internet && text.joined_offline}
        </Note>
      );
    case 'failed': {
      const isWpa3 = networks.some((found) => found.ssid === join.ssid && found.security === 'wpa3');
      return (
        <Note
          tone="bad"
          title={
            <Fill text={text[`fail_${join.reason}_title`]} values={{ ssid: <Ssid name={join.ssid} /> }} />
          }
          isNews
        >
          {text[`fail_${join.reason}_body`]}{' '}
          {join.reason === 'not-found' && isWpa3 && text['fail_not-found_wpa3']}
        </Note>
      );
    }
  }
}

const PHASES = ['associating', 'address', 'internet'] as const;

function Joining({ ssid, phase }: { readonly ssid: string; readonly phase: (typeof PHASES)[number] }) {
  const now = PHASES.indexOf(phase);
  return (
    <section class="card panel-pad">
      <h2>
        <Fill text={text.joining_title} values={{ ssid: <Ssid name={ssid} /> }} />
      </h2>
      <ol class="phases">
        {PHASES.map((step, index) => {
          const progress = index < now ? 'done' : index === now ? 'now' : 'later';
          return (
            <li key={step} class={progress} aria-current={progress === 'now' ? 'step' : undefined}>
              <span class="spot" aria-hidden="true">
                {progress === 'done' && <Icon name="check" />}
                {progress === 'now' && <span class="spinner" />}
              </span>
              {text[`phase_${step}`]}
              <span class="sr-only">, {text[`phase_${progress}`]}</span>
            </li>
          );
        })}
      </ol>
      <p class="sr-only" role="status">
        {text[`phase_${phase}`]}
      </p>
    </section>
  );
}
