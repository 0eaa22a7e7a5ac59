/** Listening again: announced, counted down while the setup network is away, and what to do when it is not back. */
import type { AirView } from '../../network/types.ts';
import { Note } from '../../parts/Note.tsx';
import { network as text } from '../../strings/en.json';
import { fill, plural } from '../../text.ts';

interface ListeningProps {
  readonly view: Extract<AirView, { kind: 'announced' | 'listening' | 'overdue' }>;
  readonly isTitled: boolean;
  /** The setup network's name, when it is that which goes away. */
  readonly hotspot: string | undefined;
}

export function Listening({ view, isTitled, hotspot }: ListeningProps) {
  if (view.kind === 'overdue')
    return (
      <Note tone="warn" title={text.overdue_title} isNews>
        {fill(text.overdue_body, { hotspot: hotspot ?? text.setup_network })}
      </Note>
    );
  const isAnnounced = view.kind === 'announced';
  return (
    <section class="card panel-pad countdown">
      {!isTitled && <h2>{text.listening_title}</h2>}
      <p role="status">
        {hotspot === undefined
          ? text.listening_plain
          : isAnnounced
            ? text.announced_body
            : text.listening_body}
      </p>
      {view.leftS > 0 && (
        <p class="count num">
          <b>{view.leftS}</b>
          <span>
            {plural(
              view.leftS,
              isAnnounced ? text.goes_one : text.back_one,
              isAnnounced ? text.goes_other : text.back_other,
            )}
          </span>
        </p>
      )}
      {view.leftS === 0 && <span class="spinner" aria-hidden="true" />}
    </section>
  );
}
