/** What stands in place of a section while the machine is away because its owner sent it: what to expect, and for how long. */
import { pathOf } from '../../flow/state.ts';
import { Heading } from '../../parts/Heading.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { useNow } from '../../parts/use-now.ts';
import { common, departure as text } from '../../strings/en.json';
import { fill, formatCountdown } from '../../text.ts';
import type { DepartureState } from './use-departure.ts';

interface DepartureViewProps {
  readonly state: DepartureState;
  readonly name: string | undefined;
}

export function DepartureView({ state, name = common.machine }: DepartureViewProps) {
  const nowMs = useNow(1000);
  const { to } = state;
  const comesBack = to === 'restart' || to === 'update';
  const elapsedS = Math.max(0, (nowMs - state.sinceMs) / 1000);
  return (
    <section class="card empty departure">
      {comesBack || !state.isGone ? (
        <span class="spinner" aria-hidden="true" />
      ) : (
        <Icon name={to === 'reset' ? 'refresh' : 'power'} size={32} />
      )}
      <Heading takesFocus>{fill(text[`${to}_title`], { name })}</Heading>
      <p role="status">{fill(text[`${to}_body`], { name })}</p>
      {comesBack && <p class="num small">{formatCountdown(elapsedS)}</p>}
      {to === 'reset' && (
        <a class="btn quiet" href={pathOf('welcome')}>
          {text.open_setup}
        </a>
      )}
    </section>
  );
}
