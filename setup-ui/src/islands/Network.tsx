/** Third page, appliance only: which Wi-Fi. One decision; joining keeps the old state until the new one is proven. */
import type { JoinRequest, JoinState, NetworksAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import { type Answer, type Failure, joinNetwork, readNetworks, saveStep, scanNetworks } from '../api.ts';
import { type Setup, useSetup } from '../flow/use-setup.ts';
import { Heading } from '../parts/Heading.tsx';
import { Icon } from '../parts/Icon.tsx';
import { FailureNote, Note } from '../parts/Note.tsx';
import { Wizard } from '../parts/Wizard.tsx';
import { network as text } from '../strings/en.json';
import { fill, formatAge } from '../text.ts';
import { JoinOutcome } from './network/JoinOutcome.tsx';
import { NetworkList } from './network/NetworkList.tsx';

/** While a join runs the page asks each second, so that each phase is seen; otherwise now and then for the age. */
const JOINING_MS = 1000;
const IDLE_MS = 10_000;

export function Network() {
  const flow = useSetup('network');
  const air = useAir(flow);
  const { answer, failure } = air;
  const join: JoinState = answer?.join ?? { kind: 'idle' };
  const isBusy = join.kind === 'joining';
  return (
    <Wizard page="network" flow={flow}>
      <Heading>{text.heading}</Heading>
      <p class="lead">{text.lead}</p>
      <JoinOutcome join={join} networks={answer?.networks ?? []} />
      {failure !== undefined && <Trouble failure={failure} />}
      {join.kind === 'joined' || isBusy ? null : answer === undefined ? (
        failure === undefined && <div class="skeleton tall" />
      ) : (
        <>
          {answer.networks.length === 0 && (
            <Note tone="info" title={text.empty_title}>
              {text.empty_body}
            </Note>
          )}
          <NetworkList networks={answer.networks} join={join} onJoin={air.startJoin} />
          <Freshness ageS={answer.age_s} isScanning={air.isScanning} onScan={air.scan} />
        </>
      )}
      <div class="actions">
        {join.kind === 'joined' ? (
          <button type="button" class="btn wide" onClick={() => void air.goOn()}>
            {text.continue}
          </button>
        ) : (
          !isBusy && (
            <>
              <button type="button" class="btn wide plain" onClick={() => void air.goOn()}>
                {text.without}
              </button>
              <p class="small">{text.without_hint}</p>
            </>
          )
        )}
      </div>
    </Wizard>
  );
}

function Trouble({ failure }: { readonly failure: Failure }) {
  // The frame already says that the machine is away.
  if (failure.kind === 'unreachable') return null;
  if (failure.code === 'network_unavailable')
    return (
      <Note tone="warn" title={text.no_radio_title} isNews>
        {text.no_radio_body}
      </Note>
    );
  return <FailureNote failure={failure} />;
}

interface FreshnessProps {
  readonly ageS: number;
  readonly isScanning: boolean;
  readonly onScan: () => void;
}

function Freshness({ ageS, isScanning, onScan }: FreshnessProps) {
  return (
    <div class="row">
      <span class="small" role="status">
        {isScanning ? text.scanning : ageS < 5 ? text.age_now : fill(text.age, { age: formatAge(ageS) })}
      </span>
      <button type="button" class="btn plain" aria-disabled={isScanning} onClick={onScan}>
        <Icon name="refresh" size={18} />
        {text.scan}
      </button>
    </div>
  );
}

interface Air {
  readonly answer: NetworksAnswer | undefined;
  readonly failure: Failure | undefined;
  readonly isScanning: boolean;
  readonly scan: () => void;
  readonly startJoin: (request: JoinRequest) => void;
  readonly goOn: () => Promise<void>;
}

/** The networks and the join, kept fresh while the owner's page is open. */
function useAir({ setup, contact, accept }: Setup): Air {
  const [answer, setAnswer] = useState<NetworksAnswer>();
  const [failure, setFailure] = useState<Failure>();
  const [isScanning, setScanning] = useState(false);
  const isHere = setup !== undefined && contact === 'online';
  const pauseMs = answer?.join.kind === 'joining' ? JOINING_MS : IDLE_MS;

  const take = (heard: Answer<NetworksAnswer>): void => {
    if (heard.kind === 'ok') {
      setAnswer(heard.value);
      setFailure(undefined);
    } else setFailure(heard);
  };
  useEffect(() => {
    if (!isHere) return undefined;
    let isOver = false;
    const look = async (): Promise<void> => {
      const heard = await readNetworks();
      if (!isOver) take(heard);
    };
    void look();
    const timer = window.setInterval(() => void look(), pauseMs);
    return () => {
      isOver = true;
      window.clearInterval(timer);
    };
  }, [isHere, pauseMs]);

  return {
    answer,
    failure,
    isScanning,
    scan: async () => {
      if (isScanning) return;
      setScanning(true);
      take(await scanNetworks());
      setScanning(false);
    },
    startJoin: async (request) => take(await joinNetwork(request)),
    goOn: async () => {
      const saved = await saveStep('first-answer');
      if (saved.kind === 'ok') accept(saved.value);
      else setFailure(saved);
    },
  };
}
