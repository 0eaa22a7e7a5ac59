/** The box itself: what it is, how to trust its address, its disk, its power, and emptying it. */
import type { ApplianceAnswer, StatusAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import { readAppliance } from '../../api/appliance.ts';
import type { Failure } from '../../api/call.ts';
import { tameName } from '../../flow/parse.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { FailureNote, Note } from '../../parts/Note.tsx';
import { ViewHead } from '../../parts/ViewHead.tsx';
import { machine as text } from '../../strings/en.json';
import { Certificate } from './Certificate.tsx';
import { DiskKey } from './DiskKey.tsx';
import { FactoryReset } from './FactoryReset.tsx';
import { Power } from './Power.tsx';
import type { Leave } from './use-departure.ts';

export function MachineView({ status, leave }: { readonly status: StatusAnswer; readonly leave: Leave }) {
  const [facts, setFacts] = useState<ApplianceAnswer>();
  const [failure, setFailure] = useState<Failure>();
  const look = async (): Promise<void> => {
    const answer = await readAppliance();
    if (answer.kind === 'ok') setFacts(answer.value);
    setFailure(answer.kind === 'ok' ? undefined : answer);
  };
  useEffect(() => {
    void look();
  }, []);
  return (
    <>
      <ViewHead title={text.heading} lead={text.lead} />
      {failure !== undefined && <FailureNote failure={failure} />}
      <div class="settings-grid">
        <div class="stack">
          {facts === undefined ? <div class="card skeleton tall" /> : <Facts facts={facts} status={status} />}
          <Certificate localUrl={facts?.local_url} />
        </div>
        <div class="stack">
          {facts?.disk_encrypted !== false && (
            <DiskKey name={status.name} isGiven={facts?.recovery_key_given} onGiven={look} />
          )}
          <Power name={status.name} leave={leave} />
          <FactoryReset name={status.name} leave={leave} />
        </div>
      </div>
    </>
  );
}

interface FactsProps {
  readonly facts: ApplianceAnswer;
  readonly status: StatusAnswer;
}

function Facts({ facts, status }: FactsProps) {
  return (
    <section class="card panel">
      <h2>{text.box}</h2>
      <ul class="checks">
        <Fact
          isGood={facts.secure_boot}
          label={text.boot}
          value={facts.secure_boot ? text.boot_on : text.boot_off}
        />
        <Fact
          isGood={facts.disk_encrypted}
          label={text.disk}
          value={facts.disk_encrypted ? text.disk_on : text.disk_off}
        />
        <Fact
          isGood={facts.sealed_by === 'factory'}
          label={text.sealed}
          value={text[`sealed_${facts.sealed_by ?? 'none'}`]}
        />
      </ul>
      {facts.sealed_by === 'self' && (
        <Note tone="info" title={text.self_title}>
          {text.self_body}
        </Note>
      )}
      <div class="pair">
        <h3>{text.address}</h3>
        <Copy text={facts.local_url} label={text.copy_address} name={text.address} look="address" />
        {facts.addresses.length > 0 && (
          <p class="hint num">{facts.addresses.map((each) => tameName(each, 60)).join(' · ')}</p>
        )}
      </div>
      {status.name_clash && <p class="small">{text.clash}</p>}
    </section>
  );
}

interface FactProps {
  readonly isGood: boolean;
  readonly label: string;
  readonly value: string;
}

function Fact({ isGood, label, value }: FactProps) {
  return (
    <li class={isGood ? '' : 'plain'}>
      <Icon name={isGood ? 'check' : 'info'} />
      <span class="fact">
        <span>{label}</span>
        <span class="value">{value}</span>
      </span>
    </li>
  );
}
