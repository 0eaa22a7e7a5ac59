/** Makes a key, whose secret is then shown once; changes one, whose secret stays. Two dialogs around one form. */
import type { LocalKey, ModelSummary, NewKeyAnswer } from '@b3iq/wire/local-api';
import { changeKey, createKey } from '../../api/owner.ts';
import { changesOf, emptyKeyForm, formOf } from '../../flow/key-form.ts';
import { tameName } from '../../flow/parse.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { OnceDialog } from '../../parts/OnceDialog.tsx';
import { keys as text } from '../../strings/en.json';
import { fill } from '../../text.ts';
import { KeyForm } from './KeyForm.tsx';

interface NewKeyDialogProps {
  readonly models: readonly ModelSummary[];
  readonly onMade: () => void;
  readonly onClose: () => void;
}

export function NewKeyDialog({ models, ...rest }: NewKeyDialogProps) {
  return (
    <OnceDialog<NewKeyAnswer>
      {...rest}
      words={text}
      form={(made) => (
        <KeyForm start={emptyKeyForm} models={models} action={text.create} send={createKey} onDone={made} />
      )}
      shown={({ key, secret }) => ({ title: fill(text.made_title, { name: tameName(key.name) }), secret })}
    />
  );
}

interface EditKeyDialogProps {
  readonly target: LocalKey;
  readonly models: readonly ModelSummary[];
  /** The key as it is now. */
  readonly onDone: (key: LocalKey) => void;
  readonly onClose: () => void;
}

export function EditKeyDialog({ target, models, onDone, onClose }: EditKeyDialogProps) {
  return (
    <Dialog title={<bdi>{fill(text.edit_title, { name: tameName(target.name) })}</bdi>} onClose={onClose}>
      <p class="small">{text.edit_body}</p>
      <KeyForm
        start={formOf(target)}
        ends={target.expires_at}
        models={models}
        action={text.edit_submit}
        send={async (wanted) => {
          const change = changesOf(target, wanted);
          return change === undefined ? { kind: 'ok', value: target } : changeKey(target.id, change);
        }}
        onDone={onDone}
      />
    </Dialog>
  );
}
