/** Who was let look, until when, and how to end it. */
import type { GrantSummary } from '@b3iq/wire/local-api';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Failure } from '../../api/call.ts';
import { readGrants, revokeGrant } from '../../api/insight.ts';
import { tameName } from '../../flow/parse.ts';
import { FailureNote, Note } from '../../parts/Note.tsx';
import { support as text } from '../../strings/en.json';
import { fill, formatAge } from '../../text.ts';
import { NewGrantDialog } from './NewGrantDialog.tsx';

export function Grants() {
  const [grants, setGrants] = useState<readonly GrantSummary[]>();
  const [failure, setFailure] = useState<Failure>();
  const [isMaking, setMaking] = useState(false);
  const [said, setSaid] = useState('');
  const load = useCallback(async () => {
    const answer = await readGrants();
    if (answer.kind === 'ok') {
      setGrants(answer.value.grants);
      setFailure(undefined);
    } else setFailure(answer);
  }, []);
  useEffect(() => void load(), [load]);
  const end = async (grant: GrantSummary): Promise<void> => {
    const answer = await revokeGrant(grant.id);
    if (answer.kind === 'ok') setSaid(fill(text.revoked_done, { name: tameName(grant.name) }));
    else setFailure(answer);
    await load();
  };
  return (
    <section class="card panel">
      <h2>{text.grants}</h2>
      <p>{text.grants_body}</p>
      {failure !== undefined && <FailureNote failure={failure} />}
      <div role="status">{said !== '' && <Note tone="ok" title={said} />}</div>
      {grants?.every(({ state }) => state !== 'live') && <p class="small">{text.empty}</p>}
      {grants !== undefined && grants.length > 0 && (
        <GrantTable grants={grants} onEnd={(grant) => void end(grant)} />
      )}
      <div class="form-actions">
        <button type="button" class="btn quiet" onClick={() => setMaking(true)}>
          {text.new}
        </button>
      </div>
      {isMaking && <NewGrantDialog onMade={() => void load()} onClose={() => setMaking(false)} />}
    </section>
  );
}

interface GrantTableProps {
  readonly grants: readonly GrantSummary[];
  readonly onEnd: (grant: GrantSummary) => void;
}

function GrantTable({ grants, onEnd }: GrantTableProps) {
  const awayS = (at: string): number => Math.abs(Date.now() - Date.parse(at)) / 1000;
  return (
    <table class="cards grants">
      <caption class="sr-only">{text.table}</caption>
      <thead>
        <tr>
          <th scope="col">{text.col_name}</th>
          <th scope="col">{text.col_until}</th>
          <th scope="col">{text.col_last}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {grants.map((grant) => (
          <tr key={grant.id} class={grant.state === 'live' ? '' : 'is-off'}>
            <td>
              <div>
                <b>
                  <bdi>{tameName(grant.name, 64)}</bdi>
                </b>
                <div class="hint mono">{grant.hint}</div>
              </div>
            </td>
            <td data-label={text.col_until} class="num">
              {fill(grant.state === 'live' ? text.ends_in : text.ago, {
                age: formatAge(awayS(grant.revoked_at ?? grant.expires_at)),
              })}
            </td>
            <td data-label={text.col_last} class="num">
              {grant.last_used_at === null
                ? text.never_used
                : fill(text.ago, { age: formatAge(awayS(grant.last_used_at)) })}
            </td>
            <td>
              {grant.state === 'live' ? (
                <button
                  type="button"
                  class="btn plain bad"
                  aria-label={fill(text.revoke_named, { name: tameName(grant.name) })}
                  onClick={() => onEnd(grant)}
                >
                  {text.revoke}
                </button>
              ) : (
                <span class="tag">{text[grant.state]}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
