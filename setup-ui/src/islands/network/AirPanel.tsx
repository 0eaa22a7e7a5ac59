/** The air as it stands: the list, a join under way, listening again. Separate because the wizard and the dashboard show it. */
import { useState } from 'preact/hooks';
import type { Failure } from '../../api/call.ts';
import { emptyDraft } from '../../network/judge.ts';
import type { JoinDraft } from '../../network/types.ts';
import type { Air } from '../../network/use-air.ts';
import { FailureNote, Note } from '../../parts/Note.tsx';
import { network as text } from '../../strings/en.json';
import { Freshness } from './Freshness.tsx';
import { JoinFailed } from './JoinFailed.tsx';
import { Forgetting, Joining } from './Joining.tsx';
import { Listening } from './Listening.tsx';
import { NetworkList } from './NetworkList.tsx';

interface AirPanelProps {
  readonly air: Air;
  /** The page's own heading says what is going on. */
  readonly isTitled?: boolean;
}

export function AirPanel({ air, isTitled = false }: AirPanelProps) {
  // Kept here, above the list that goes while a join runs: a typo is then corrected, not typed anew.
  const [draft, setDraft] = useState<JoinDraft>(emptyDraft);
  const [chosen, setChosen] = useState<string>();
  const { view, state, failure } = air;
  const { answer } = state;
  const hotspot = answer?.hotspot ?? undefined;
  switch (view.kind) {
    case 'loading':
      return failure === undefined ? <div class="skeleton tall" /> : <Trouble failure={failure} />;
    case 'joining':
      return (
        <Joining view={view} isTitled={isTitled} nextUrl={answer?.next_url ?? null} hotspot={hotspot?.ssid} />
      );
    case 'forgetting':
      return <Forgetting view={view} nextUrl={answer?.next_url ?? null} hotspot={hotspot?.ssid} />;
    case 'announced':
    case 'listening':
    case 'overdue':
      return (
        <Listening
          view={view}
          isTitled={isTitled}
          hotspot={hotspot?.up === true ? hotspot.ssid : undefined}
        />
      );
    case 'choosing':
      if (answer === undefined) return null;
      return (
        <>
          <JoinFailed join={answer.join} networks={answer.networks} />
          {state.hasLostRequest && (
            <Note tone="warn" title={text.lost_title} isNews>
              {text.lost_body}
            </Note>
          )}
          {failure !== undefined && <Trouble failure={failure} />}
          {answer.networks.length === 0 && (
            <Note tone="info" title={answer.age_s === null ? text.unheard_title : text.empty_title}>
              {answer.age_s === null ? text.unheard_body : text.empty_body}
            </Note>
          )}
          <NetworkList
            answer={answer}
            chosen={chosen}
            onChosen={setChosen}
            draft={draft}
            onDraft={setDraft}
            onJoin={air.join}
          />
          <Freshness
            answer={answer}
            heardMs={state.heardMs}
            isSetupNetworkUp={hotspot?.up === true}
            onListen={air.listen}
          />
        </>
      );
  }
}

function Trouble({ failure }: { readonly failure: Failure }) {
  if (failure.kind === 'problem' && failure.code === 'network_unavailable')
    return (
      <Note tone="warn" title={text.no_radio_title} isNews>
        {text.no_radio_body}
      </Note>
    );
  return <FailureNote failure={failure} />;
}
