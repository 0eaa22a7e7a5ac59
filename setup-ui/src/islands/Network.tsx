/** Third page, appliance only: which Wi-Fi. One decision; joining keeps the old state until the new one is proven. */
import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../api/call.ts';
import { saveStep } from '../api/setup.ts';
import { useSetup } from '../flow/use-setup.ts';
import { isOffline, joinedOf } from '../network/state.ts';
import type { AirView } from '../network/types.ts';
import { useAir } from '../network/use-air.ts';
import { Fill } from '../parts/Fill.tsx';
import { Heading } from '../parts/Heading.tsx';
import { Icon } from '../parts/Icon.tsx';
import { FailureNote } from '../parts/Note.tsx';
import { Wizard } from '../parts/Wizard.tsx';
import { network as text } from '../strings/en.json';
import { AirPanel } from './network/AirPanel.tsx';
import { Connection } from './network/Connection.tsx';
import { Joined } from './network/Joined.tsx';
import { Ssid } from './network/Ssid.tsx';

export function Network() {
  const flow = useSetup('network');
  const air = useAir(flow.setup !== undefined);
  const [failure, setFailure] = useState<Failure>();
  const [isAnother, setAnother] = useState(false);
  const { answer, errand } = air.state;
  // A machine whose networks cannot be had must not hold anybody up either.
  const isChoosing =
    air.view.kind === 'choosing' || (air.view.kind === 'loading' && air.failure !== undefined);
  const isJoined = isChoosing && !isAnother && joinedOf(answer) !== undefined;
  useEffect(() => {
    if (errand?.kind === 'join') setAnother(false);
  }, [errand?.kind]);
  const hasWifi = answer !== undefined && answer.current !== null;
  const hasCable = isChoosing && answer !== undefined && answer.wired !== null;
  const goOn = async (): Promise<void> => {
    const saved = await saveStep('first-answer');
    if (saved.kind === 'ok') flow.accept(saved.value);
    else setFailure(saved);
  };
  const onward = (label: string, isMain: boolean) => (
    <button type="button" class={isMain ? 'btn wide' : 'btn wide plain'} onClick={() => void goOn()}>
      {label}
    </button>
  );
  return (
    <Wizard page="network" flow={flow} isAwayExpected={errand !== undefined}>
      {isJoined ? (
        <>
          <Heading key="joined" takesFocus>
            {text.joined_heading}
          </Heading>
          <Joined air={air} />
        </>
      ) : (
        <>
          <Title view={air.view} hasCable={hasCable} />
          {hasCable && answer.wired !== null && (
            <>
              <ul class="card facts-card connections">
                <li>
                  <Icon name="cable" />
                  <Connection name={text.cable} {...answer.wired} />
                </li>
              </ul>
              {isOffline(answer) && <p class="small">{text.no_internet}</p>}
              <div class="actions first">{onward(text.use_cable, true)}</div>
              <h2 class="label-row">{text.or_wifi}</h2>
            </>
          )}
          <AirPanel air={air} isTitled />
        </>
      )}
      {failure !== undefined && <FailureNote failure={failure} />}
      <div class="actions">
        {isJoined && (
          <>
            {onward(text.continue, true)}
            <button type="button" class="btn wide plain" onClick={() => setAnother(true)}>
              {text.another}
            </button>
          </>
        )}
        {isChoosing && !isJoined && !hasCable && (
          <>
            {onward(hasWifi ? text.continue : text.without, false)}
            {!hasWifi && <p class="small">{text.without_hint}</p>}
          </>
        )}
      </div>
    </Wizard>
  );
}

/** The page's question, which changes once it is answered. */
function Title({ view, hasCable }: { readonly view: AirView; readonly hasCable: boolean }) {
  switch (view.kind) {
    case 'joining':
      return view.isLate ? (
        <>
          <Heading key="late" takesFocus>
            {text.heading_late}
          </Heading>
          <p class="lead">{text.lead_late}</p>
        </>
      ) : (
        <Heading key="joining" takesFocus>
          <Fill text={text.joining_title} values={{ ssid: <Ssid name={view.ssid} isQuoted /> }} />
        </Heading>
      );
    case 'announced':
    case 'listening':
      return (
        <Heading key="listening" takesFocus>
          {text.heading_listening}
        </Heading>
      );
    default:
      return (
        <>
          <Heading key="choose">{hasCable ? text.heading_wired : text.heading}</Heading>
          <p class="lead">{hasCable ? text.lead_wired : text.lead}</p>
        </>
      );
  }
}
