/** The owner's own matters, and what the machine says about itself. */
import type { StatusAnswer } from '@b3iq/wire/local-api';
import { useState } from 'preact/hooks';
import type { Failure } from '../../api/call.ts';
import { signOut } from '../../api/setup.ts';
import { leavingPoints } from '../../flow/leaving.ts';
import { tameText } from '../../flow/parse.ts';
import { leaveForSignIn } from '../../flow/use-status.ts';
import { Copy } from '../../parts/Copy.tsx';
import { FailureNote } from '../../parts/Note.tsx';
import { ViewHead } from '../../parts/ViewHead.tsx';
import { settings as text } from '../../strings/en.json';
import { fill, formatDuration } from '../../text.ts';
import { Checks } from '../Welcome.tsx';
import { CodeForm, PasswordForm } from './OwnerForms.tsx';

export function Settings({ status }: { readonly status: StatusAnswer }) {
  const [failure, setFailure] = useState<Failure>();
  const leave = async (): Promise<void> => {
    const answer = await signOut();
    if (answer.kind === 'ok' || (answer.kind === 'problem' && answer.status === 401)) leaveForSignIn();
    else setFailure(answer);
  };
  const leaves = leavingPoints(status);
  const facts: readonly (readonly [string, string])[] = [
    [text.name, status.name],
    [text.kind, text[`kind_${status.kind}`]],
    [text.version, status.version],
    [text.uptime, formatDuration(status.uptime_s)],
    [text.mode, text.mode_local],
  ];
  return (
    <>
      <ViewHead
        title={text.heading}
        lead={status.owner === null ? '' : <bdi>{fill(text.signed_in, { name: status.owner })}</bdi>}
      >
        <button type="button" class="btn quiet" onClick={() => void leave()}>
          {text.sign_out}
        </button>
      </ViewHead>
      {failure !== undefined && <FailureNote failure={failure} />}
      <div class="settings-grid">
        <div class="stack">
          <PasswordForm ownerName={status.owner ?? ''} />
          <CodeForm machineName={status.name} />
        </div>
        <div class="stack">
          <section class="card panel">
            <h2>{text.machine}</h2>
            <dl class="facts-list num">
              {facts.map(([term, value]) => (
                <div key={term}>
                  <dt>{term}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
            <div class="pair">
              <h3>{text.node_id}</h3>
              <Copy text={status.node_id} label={text.copy_node_id} name={text.node_id} />
            </div>
          </section>
          <section class="card panel">
            <h2>{text.mode_title}</h2>
            {leaves.length === 0 ? (
              <p>{text.mode_body}</p>
            ) : (
              <>
                <ul class="bullets">
                  {leaves.map((each) => (
                    <li key={each}>{tameText(each, 600)}</li>
                  ))}
                </ul>
                <p>{text.mode_rest}</p>
              </>
            )}
          </section>
          <section class="card panel">
            <h2>{text.hardware}</h2>
            <Checks checks={status.hardware.checks} />
          </section>
        </div>
      </div>
    </>
  );
}
