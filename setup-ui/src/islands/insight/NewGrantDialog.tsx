/** Makes a support grant: whom for, how long; then its token, once. */
import type { NewGrantAnswer } from '@b3iq/wire/local-api';
import { useState } from 'preact/hooks';
import type { Failure } from '../../api/call.ts';
import { createGrant } from '../../api/insight.ts';
import { tameName } from '../../flow/parse.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { Field } from '../../parts/Field.tsx';
import { FailureNote } from '../../parts/Note.tsx';
import { Select } from '../../parts/Select.tsx';
import { support as text } from '../../strings/en.json';
import { fill } from '../../text.ts';

const LIVES = ['3600', '86400', '604800'] as const;
type Life = (typeof LIVES)[number];

interface NewGrantDialogProps {
  readonly onMade: () => void;
  readonly onClose: () => void;
}

export function NewGrantDialog({ onMade, onClose }: NewGrantDialogProps) {
  const [made, setMade] = useState<NewGrantAnswer>();
  if (made === undefined)
    return (
      <Dialog key="form" title={text.dialog_title} onClose={onClose}>
        <NewGrantForm
          onMade={(answer) => {
            setMade(answer);
            onMade();
          }}
        />
      </Dialog>
    );
  return (
    <Dialog
      key="made"
      title={<bdi>{fill(text.made_title, { name: tameName(made.grant.name) })}</bdi>}
      onClose={onClose}
      isEasyToClose={false}
    >
      <p>{text.made_body}</p>
      <Copy text={made.token} label={text.made_copy} name={text.made_token} />
      <div class="actions">
        <button type="button" class="btn wide" onClick={onClose}>
          {text.made_done}
        </button>
      </div>
    </Dialog>
  );
}

function NewGrantForm({ onMade }: { readonly onMade: (answer: NewGrantAnswer) => void }) {
  const [name, setName] = useState('');
  const [life, setLife] = useState<Life>('86400');
  const [isWrong, setWrong] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    const isGood = /^[^\p{Cc}\p{Cf}]{1,64}$/u.test(name.trim());
    setWrong(!isGood);
    if (!isGood) return;
    setBusy(true);
    const answer = await createGrant({ name: name.trim(), expires_in_s: Number(life) });
    setBusy(false);
    if (answer.kind === 'ok') onMade(answer.value);
    else setFailure(answer);
  };
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Field
        label={text.name}
        hint={text.name_hint}
        value={name}
        onValue={setName}
        maxLength={64}
        error={isWrong ? text.name_bad : undefined}
      />
      <Select
        label={text.life}
        value={life}
        options={LIVES.map((each) => [each, text[`life_${each}`]])}
        onValue={setLife}
      />
      {failure !== undefined && <FailureNote failure={failure} />}
      <div class="actions">
        <button type="submit" class="btn wide" aria-disabled={isBusy}>
          {isBusy ? text.creating : text.create}
        </button>
      </div>
    </form>
  );
}
