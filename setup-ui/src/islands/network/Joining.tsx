/** A join under way: its phases with their time, and how it goes on when the setup network is gone. */
import type { AirView, PhaseView } from '../../network/types.ts';
import { Fill } from '../../parts/Fill.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { network as text } from '../../strings/en.json';
import { formatCountdown, spanOf } from '../../text.ts';
import { ComeBack, HandOver } from './HandOver.tsx';
import { Ssid } from './Ssid.tsx';

interface JoiningProps {
  readonly view: Extract<AirView, { kind: 'joining' }>;
  readonly isTitled: boolean;
  readonly nextUrl: string | null;
  /** The setup network's name; undefined when this machine has none. */
  readonly hotspot: string | undefined;
}

export function Joining({ view, isTitled, nextUrl, hotspot }: JoiningProps) {
  const now = view.phases.find((each) => each.progress === 'now')?.phase ?? 'associating';
  const said = view.isLate ? text.join_late : view.isAway ? text.join_away : undefined;
  const isDone = isTitled && view.isLate;
  return (
    <>
      {!isDone && (
        <section class="card panel-pad">
          {!isTitled && (
            <h2>
              <Fill text={text.joining_title} values={{ ssid: <Ssid name={view.ssid} isQuoted /> }} />
            </h2>
          )}
          {said === undefined ? (
            <Phases phases={view.phases} />
          ) : (
            <p class="with-spinner">
              {!view.isLate && <span class="spinner" aria-hidden="true" />}
              <span>{said}</span>
            </p>
          )}
          <p class="sr-only" role="status">
            {said ?? text[`phase_${now}`]}
          </p>
          <p class="small joining-hint">
            <span class="num">{formatCountdown(view.elapsedS)}</span>
            <span>{text.joining_hint}</span>
          </p>
        </section>
      )}
      {hotspot !== undefined && <HandOver ssid={view.ssid} nextUrl={nextUrl} hotspot={hotspot} />}
    </>
  );
}

function Phases({ phases }: { readonly phases: readonly PhaseView[] }) {
  return (
    <ol class="phases">
      {phases.map(({ phase, progress, tookS }) => (
        <li key={phase} class={progress} aria-current={progress === 'now' ? 'step' : undefined}>
          <span class="spot" aria-hidden="true">
            {progress === 'done' && <Icon name="check" />}
            {progress === 'now' && <span class="spinner" />}
          </span>
          {text[`phase_${phase}`]}
          <span class="sr-only">, {text[`phase_${progress}`]}</span>
          {tookS !== undefined && progress === 'done' && (
            <span class="took num">{spanOf(Math.max(1, tookS))}</span>
          )}
        </li>
      ))}
    </ol>
  );
}

interface ForgettingProps extends Omit<JoiningProps, 'view' | 'isTitled'> {
  readonly view: Extract<AirView, { kind: 'forgetting' }>;
}

export function Forgetting({ view, nextUrl, hotspot }: ForgettingProps) {
  return (
    <section class="card panel-pad">
      <h2>
        <Fill text={text.forgetting_title} values={{ ssid: <Ssid name={view.ssid} isQuoted /> }} />
      </h2>
      <p class="with-spinner" role="status">
        <span class="spinner" aria-hidden="true" />
        <span>{view.isAway ? text.forget_away : text.forgetting_body}</span>
      </p>
      {hotspot !== undefined && <ComeBack nextUrl={nextUrl} hotspot={hotspot} />}
    </section>
  );
}
