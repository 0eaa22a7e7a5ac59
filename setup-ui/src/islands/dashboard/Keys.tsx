/** The keys of this machine: who may ask, how much, and how to take it back. */
import type { LocalKey, StatusAnswer } from '@b3iq/wire/local-api';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Failure } from '../../api/call.ts';
import { readKeys, revokeKey } from '../../api/owner.ts';
import { lifeOf } from '../../flow/key-form.ts';
import { tameName } from '../../flow/parse.ts';
import { leaveForSignIn } from '../../flow/use-status.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { FailureNote, Note } from '../../parts/Note.tsx';
import { ViewHead } from '../../parts/ViewHead.tsx';
import { common, keys as text } from '../../strings/en.json';
import { fill } from '../../text.ts';
import { EditKeyDialog, NewKeyDialog } from './KeyDialogs.tsx';
import { KeyTable } from './KeyTable.tsx';
import { Origins } from './Origins.tsx';

interface KeysProps {
  readonly status: StatusAnswer;
  /** After a key was made, changed or revoked, so that the counts elsewhere follow. */
  readonly onChange: () => void;
}

export function Keys({ status, onChange }: KeysProps) {
  const [keys, setKeys] = useState<readonly LocalKey[]>();
  const [failure, setFailure] = useState<Failure>();
  const [isMaking, setMaking] = useState(false);
  const [editing, setEditing] = useState<LocalKey>();
  const [leaving, setLeaving] = useState<LocalKey>();
  const [said, setSaid] = useState('');
  const [showsOld, setShowsOld] = useState(false);

  const load = useCallback(async () => {
    const answer = await readKeys();
    if (answer.kind === 'ok') {
      setKeys(answer.value.keys);
      setFailure(undefined);
    } else if (answer.kind === 'problem' && answer.status === 401) leaveForSignIn();
    else setFailure(answer);
  }, []);
  // A receipt more means that a key was used: what is shown of it changed.
  useEffect(() => void load(), [load, status.receipts_total]);

  const now = Date.now();
  const active = keys?.filter((key) => lifeOf(key, now) === 'active') ?? [];
  const old = keys?.filter((key) => lifeOf(key, now) !== 'active') ?? [];
  return (
    <>
      <ViewHead title={text.heading} lead={text.lead}>
        {keys !== undefined && keys.length > 0 && (
          <button type="button" class="btn" onClick={() => setMaking(true)}>
            <Icon name="plus" />
            {text.new}
          </button>
        )}
      </ViewHead>
      {failure !== undefined && <FailureNote failure={failure} />}
      <div role="status">{said !== '' && <Note tone="ok" title={said} />}</div>
      {keys === undefined && failure === undefined && <p class="small">{text.loading}</p>}
      {keys?.length === 0 && (
        <section class="card empty">
          <Icon name="keys" size={32} />
          <h2>{text.empty_title}</h2>
          <p>{text.empty_body}</p>
          <button type="button" class="btn" onClick={() => setMaking(true)}>
            {text.empty_action}
          </button>
        </section>
      )}
      {keys !== undefined && keys.length > 0 && (
        <>
          <KeyTable
            keys={showsOld ? [...active, ...old] : active}
            nowMs={now}
            onEdit={setEditing}
            onRevoke={setLeaving}
          />
          {old.length > 0 && (
            <div class="after-table">
              <button type="button" class="btn plain" onClick={() => setShowsOld(!showsOld)}>
                {showsOld ? text.hide_revoked : fill(text.show_revoked, { count: old.length })}
              </button>
            </div>
          )}
        </>
      )}
      {keys !== undefined && <Origins />}
      {isMaking && (
        <NewKeyDialog
          models={status.models}
          onMade={() => {
            void load();
            onChange();
          }}
          onClose={() => setMaking(false)}
        />
      )}
      {editing !== undefined && (
        <EditKeyDialog
          target={editing}
          models={status.models}
          onClose={() => setEditing(undefined)}
          onDone={({ name }) => {
            setSaid(fill(text.edit_done, { name: tameName(name) }));
            setEditing(undefined);
            void load();
            onChange();
          }}
        />
      )}
      {leaving !== undefined && (
        <RevokeDialog
          target={leaving}
          onClose={() => setLeaving(undefined)}
          onRevoked={() => {
            setSaid(fill(text.revoked_done, { name: tameName(leaving.name) }));
            setLeaving(undefined);
            void load();
            onChange();
          }}
        />
      )}
    </>
  );
}

interface RevokeDialogProps {
  readonly target: LocalKey;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}

function RevokeDialog({ target, onClose, onRevoked }: RevokeDialogProps) {
  const [failure, setFailure] = useState<Failure>();
  const revoke = async (): Promise<void> => {
    const answer = await revokeKey(target.id);
    if (answer.kind === 'ok') onRevoked();
    else setFailure(answer);
  };
  return (
    <Dialog title={<bdi>{fill(text.revoke_title, { name: tameName(target.name) })}</bdi>} onClose={onClose}>
      <p>{text.revoke_body}</p>
      {failure !== undefined && <FailureNote failure={failure} />}
      <div class="actions">
        <button type="button" class="btn wide danger" onClick={() => void revoke()}>
          {text.revoke_confirm}
        </button>
        <button type="button" class="btn wide quiet" onClick={onClose}>
          {common.cancel}
        </button>
      </div>
    </Dialog>
  );
}
