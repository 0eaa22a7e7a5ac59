/** The network in use, and another in its place by the wizard's own form. */
import type { NetworksAnswer, StatusAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import { isOffline } from '../../network/state.ts';
import { type Air, useAir } from '../../network/use-air.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { Fill } from '../../parts/Fill.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Note } from '../../parts/Note.tsx';
import { ViewHead } from '../../parts/ViewHead.tsx';
import { common, network as netText, net_view as text } from '../../strings/en.json';
import { fill } from '../../text.ts';
import { AirPanel } from '../network/AirPanel.tsx';
import { Connection } from '../network/Connection.tsx';
import { Joined } from '../network/Joined.tsx';
import { Ssid } from '../network/Ssid.tsx';

interface NetworkViewProps {
  readonly state: StatusAnswer['state'];
  readonly onAway: (isAway: boolean) => void;
}

export function NetworkView({ state, onAway }: NetworkViewProps) {
  const air = useAir(true);
  const { answer, errand } = air.state;
  const [isChanging, setChanging] = useState(state === 'claimed-recovering');
  const [hasJoined, setJoined] = useState(false);
  const isBusy = errand !== undefined;
  useEffect(() => {
    onAway(isBusy);
    return () => onAway(false);
  }, [isBusy]);
  // A join that worked ends the changing; the machine keeps saying so, hence only one that was seen here counts.
  useEffect(() => {
    if (errand?.kind === 'join') setJoined(true);
    else if (hasJoined && answer?.join.kind === 'joined') setChanging(false);
  }, [errand?.kind, answer?.join.kind]);
  const isLost = state === 'claimed-recovering';
  return (
    <>
      <ViewHead title={text.heading} lead={text.lead} />
      {isLost && (
        <Note tone="warn" title={text.lost_title}>
          {fill(text.lost_body, { hotspot: answer?.hotspot?.ssid ?? text.setup_network })}
        </Note>
      )}
      <div class="column">
        {answer !== undefined && !isBusy && (
          <InUse answer={answer} air={air} isLost={isLost} isNew={hasJoined && !isChanging} />
        )}
        {isChanging || isBusy ? (
          <div>
            {!isBusy && (
              <div class="row">
                <h2>{text.change_title}</h2>
                {!isLost && (
                  <button type="button" class="btn small plain" onClick={() => setChanging(false)}>
                    {common.cancel}
                  </button>
                )}
              </div>
            )}
            <AirPanel air={air} />
          </div>
        ) : (
          <section class="card panel">
            <div class="row">
              <h2>{text.change_title}</h2>
              <button type="button" class="btn small quiet" onClick={() => setChanging(true)}>
                {text.change}
              </button>
            </div>
            <p class="small">{text.change_body}</p>
          </section>
        )}
      </div>
    </>
  );
}

interface InUseProps {
  readonly answer: NetworksAnswer;
  readonly air: Air;
  readonly isLost: boolean;
  /** Joined a moment ago, on this page. */
  readonly isNew: boolean;
}

function InUse({ answer, air, isLost, isNew }: InUseProps) {
  const [isAsking, setAsking] = useState(false);
  const { current, wired } = answer;
  return (
    <section class="card panel">
      <h2>{text.in_use}</h2>
      {isNew && <Joined air={air} />}
      {current === null && wired === null && <p class="small">{isLost ? text.none_lost : text.none}</p>}
      <ul class="connections">
        {wired !== null && (
          <li>
            <Icon name="cable" />
            <Connection name={netText.cable} {...wired} />
          </li>
        )}
        {current !== null && (
          <li>
            <Icon name="network" />
            <Connection name={<Ssid name={current.ssid} />} {...current} />
            <button type="button" class="btn small plain bad" onClick={() => setAsking(true)}>
              {text.forget}
            </button>
          </li>
        )}
      </ul>
      {isOffline(answer) && !isNew && <p class="small">{netText.no_internet}</p>}
      {answer.hotspot !== null && (
        <p class="small">
          {fill(answer.hotspot.up ? text.hotspot_up : text.hotspot_down, { hotspot: answer.hotspot.ssid })}
        </p>
      )}
      {isAsking && current !== null && (
        <Dialog
          title={<Fill text={text.forget_title} values={{ ssid: <Ssid name={current.ssid} isQuoted /> }} />}
          onClose={() => setAsking(false)}
        >
          <p>
            {wired === null
              ? fill(text.forget_body, { hotspot: answer.hotspot?.ssid ?? text.setup_network })
              : text.forget_wired}
          </p>
          <div class="actions">
            <button
              type="button"
              class="btn wide danger"
              onClick={() => {
                setAsking(false);
                air.forget(current.ssid);
              }}
            >
              {text.forget_confirm}
            </button>
            <button type="button" class="btn wide plain" onClick={() => setAsking(false)}>
              {common.cancel}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
