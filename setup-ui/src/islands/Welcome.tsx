/** First page: the machine says who it is and whether its hardware is in order. One decision: set it up. */
import type { HardwareCheck, SetupState } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import { tokenFromFragment } from '../flow/parse.ts';
import { hasIdentityFault, pathOf } from '../flow/state.ts';
import { useSetup } from '../flow/use-setup.ts';
import { Copy } from '../parts/Copy.tsx';
import { Heading } from '../parts/Heading.tsx';
import { Icon } from '../parts/Icon.tsx';
import { Note } from '../parts/Note.tsx';
import { Wizard } from '../parts/Wizard.tsx';
import { welcome as text } from '../strings/en.json';
import { fill, plural } from '../text.ts';

export function Welcome() {
  const flow = useSetup('welcome');
  const fragment = useFragment();
  const { setup } = flow;
  const isFaulty = setup !== undefined && hasIdentityFault(setup.state);
  return (
    <Wizard page="welcome" flow={flow}>
      <Heading>
        {isFaulty ? text.fault_heading : setup?.kind === 'appliance' ? text.heading : text.heading_host}
      </Heading>
      {!isFaulty && <p class="lead">{text.lead}</p>}
      {setup?.notice && <Note tone="info" title={setup.notice} />}
      {setup !== undefined && isFaulty && <Fault setup={setup} />}
      <Scan hardware={setup?.hardware} />
      {setup !== undefined && !isFaulty && <Start setup={setup} fragment={fragment} />}
    </Wizard>
  );
}

function Start({ setup, fragment }: { readonly setup: SetupState; readonly fragment: string }) {
  const hasToken = tokenFromFragment(fragment) !== undefined;
  const lacksToken = setup.secret_kind === 'token' && !hasToken;
  return (
    <>
      {lacksToken && (
        <Note tone="info" title={text.no_token_title}>
          {text.no_token_body}
          <Copy text={text.command} label={text.copy_command} />
        </Note>
      )}
      <div class="actions">
        <a class="btn wide" href={pathOf('claim') + (hasToken ? fragment : '')}>
          {setup.hardware.passed ? text.start : text.start_anyway}
        </a>
      </div>
    </>
  );
}

function Fault({ setup: { state, kind } }: { readonly setup: SetupState }) {
  // Nobody has a terminal there.
  if (kind === 'appliance')
    return (
      <Note tone="bad" title={text.fault_title}>
        {text.fault_appliance}
      </Note>
    );
  return (
    <Note tone="bad" title={text.fault_title}>
      {state === 'identity-lost' ? text.fault_lost : text.fault_corrupt}
      <Copy text={text.fault_command} label={text.copy_command} />
    </Note>
  );
}

function Scan({ hardware }: { readonly hardware: SetupState['hardware'] | undefined }) {
  if (hardware === undefined)
    return (
      <div class="card scan" aria-live="polite">
        <p class="checking row small">{text.checking}</p>
      </div>
    );
  const failed = hardware.checks.filter((check) => !check.ok);
  if (failed.length === 0 && hardware.passed)
    return (
      <details class="card scan">
        <summary>
          <span class="ok-text">
            <Icon name="ok" size={26} />
          </span>
          <span>
            <strong>{text.scan_passed}</strong>
            <span class="small">{fill(text.scan_passed_body, { count: hardware.checks.length })}</span>
          </span>
          <span class="chevron">
            <Icon name="down" />
          </span>
        </summary>
        <Checks checks={hardware.checks} />
      </details>
    );
  return (
    <>
      <Note tone="warn" title={plural(failed.length, text.scan_failed_one, text.scan_failed_other)}>
        {text.scan_failed_body}
      </Note>
      <section class="card scan" aria-label={text.scan_details}>
        <Checks checks={[...failed, ...hardware.checks.filter((check) => check.ok)]} />
      </section>
    </>
  );
}

/** The lines of a hardware scan; what fails says what it means and what to do. */
export function Checks({ checks }: { readonly checks: readonly HardwareCheck[] }) {
  return (
    <ul class="checks">
      {checks.map((check) => (
        <li key={check.id} class={check.ok ? '' : 'fails'}>
          <Icon name={check.ok ? 'check' : 'warning'} />
          <span class="fact">
            <span>
              {check.label}
              <span class="sr-only">, {check.ok ? text.check_ok : text.check_bad}: </span>
            </span>
            <span class="value">{check.value}</span>
          </span>
          {check.advice !== undefined && <span class="advice">{check.advice}</span>}
        </li>
      ))}
    </ul>
  );
}

/** The address's fragment; a link opened in this same tab changes nothing else. */
function useFragment(): string {
  const [fragment, setFragment] = useState('');
  useEffect(() => {
    const read = (): void => setFragment(window.location.hash);
    read();
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  return fragment;
}
