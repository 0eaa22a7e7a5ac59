/** Makes a key: a name, what it may do, its limits; then the secret, once. */
import type { KeyPriority, KeyScope, ModelSummary, NewKeyAnswer } from '@b3iq/wire/local-api';
import { useId, useRef, useState } from 'preact/hooks';
import type { Failure } from '../../api/call.ts';
import { createKey } from '../../api/owner.ts';
import {
  emptyKeyForm,
  type KeyForm,
  type KeyFormErrors,
  LIFETIMES,
  LIMIT_MAX,
  type LimitName,
  readKeyForm,
} from '../../flow/key-form.ts';
import { tameName } from '../../flow/parse.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Dialog } from '../../parts/Dialog.tsx';
import { Field } from '../../parts/Field.tsx';
import { FailureNote } from '../../parts/Note.tsx';
import { Select } from '../../parts/Select.tsx';
import { focusFirstError } from '../../parts/use-form.ts';
import { keys as text } from '../../strings/en.json';
import { fill, formatNumber } from '../../text.ts';

/** As in the wire's list, written out so that the page carries no schema. */
const PRIORITIES = ['first', 'normal', 'background'] as const satisfies readonly KeyPriority[];

interface NewKeyDialogProps {
  readonly models: readonly ModelSummary[];
  readonly onMade: () => void;
  readonly onClose: () => void;
}

export function NewKeyDialog({ models, onMade, onClose }: NewKeyDialogProps) {
  const [made, setMade] = useState<NewKeyAnswer>();
  if (made === undefined)
    return (
      <Dialog key="form" title={text.dialog_title} onClose={onClose}>
        <NewKeyForm
          models={models}
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
      title={<bdi>{fill(text.made_title, { name: tameName(made.key.name) })}</bdi>}
      onClose={onClose}
      isEasyToClose={false}
    >
      <p>{text.made_body}</p>
      <Copy text={made.secret} label={text.made_copy} name={text.made_key} />
      <div class="actions">
        <button type="button" class="btn wide" onClick={onClose}>
          {text.made_done}
        </button>
      </div>
    </Dialog>
  );
}

interface NewKeyFormProps {
  readonly models: readonly ModelSummary[];
  readonly onMade: (answer: NewKeyAnswer) => void;
}

function NewKeyForm({ models, onMade }: NewKeyFormProps) {
  const id = useId();
  const element = useRef<HTMLFormElement>(null);
  const [form, setForm] = useState<KeyForm>(emptyKeyForm);
  const [errors, setErrors] = useState<KeyFormErrors>({});
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const set = (change: Partial<KeyForm>): void => setForm({ ...form, ...change });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    const read = readKeyForm(form, Date.now());
    if (read.kind === 'wrong') {
      setErrors(read.errors);
      focusFirstError(element.current);
      return;
    }
    setErrors({});
    setBusy(true);
    setFailure(undefined);
    const answer = await createKey(read.request);
    setBusy(false);
    if (answer.kind === 'ok') onMade(answer.value);
    else setFailure(answer);
  };
  const limit = (name: LimitName, hint?: string) => (
    <Field
      label={text[name]}
      {...(hint !== undefined && { hint })}
      value={form[name]}
      onValue={(typed) => set({ [name]: typed })}
      error={errors[name] && fill(text.error_number, { max: formatNumber(LIMIT_MAX[name]) })}
      inputMode="numeric"
      maxLength={16}
    />
  );
  return (
    <form ref={element} noValidate onSubmit={(event) => void submit(event)}>
      <Field
        label={text.name}
        hint={text.name_hint}
        value={form.name}
        onValue={(name) => set({ name })}
        error={errors.name && text.error_name}
        maxLength={64}
      />
      <fieldset class="choices">
        <legend class="legend">{text.may}</legend>
        {(['inference', 'metrics'] as const).map((scope) => (
          <Check
            key={scope}
            label={text[`may_${scope}`]}
            isOn={form.scopes.includes(scope)}
            isWrong={errors.scopes}
            onChange={(isOn) => set({ scopes: toggled<KeyScope>(form.scopes, scope, isOn) })}
          />
        ))}
        {errors.scopes && <p class="error">{text.error_scope}</p>}
      </fieldset>
      <fieldset class="choices">
        <legend class="legend">{text.models}</legend>
        {([true, false] as const).map((isEvery) => (
          <label key={String(isEvery)} class="check">
            <input
              type="radio"
              name={`${id}-models`}
              checked={form.isEveryModel === isEvery}
              onChange={() => set({ isEveryModel: isEvery })}
            />
            <span>{isEvery ? text.models_all : text.models_some}</span>
          </label>
        ))}
        {!form.isEveryModel &&
          models.map((model) => (
            <Check
              key={model.id}
              label={tameName(model.label, 80)}
              isOn={form.models.includes(model.id)}
              isWrong={errors.models}
              onChange={(isOn) => set({ models: toggled(form.models, model.id, isOn) })}
            />
          ))}
        {errors.models && <p class="error">{text.error_models}</p>}
      </fieldset>
      <fieldset class="choices">
        <legend class="legend">{text.limits}</legend>
        <p class="hint">{text.limits_hint}</p>
        <div class="two-fields">
          {limit('rpm')}
          {limit('concurrency')}
        </div>
        {limit('tpd', text.tpd_hint)}
        <Select
          label={text.priority}
          value={form.priority}
          options={PRIORITIES.map((each) => [each, text[`priority_${each}`]] as const)}
          onValue={(priority) => set({ priority })}
        />
        <div class="field">
          <label for={`${id}-until`}>{text.expires}</label>
          <select
            id={`${id}-until`}
            class="input"
            value={form.lifetime}
            onChange={(event) => {
              const lifetime = LIFETIMES.find((each) => each === event.currentTarget.value);
              if (lifetime !== undefined) set({ lifetime });
            }}
          >
            {LIFETIMES.map((each) => (
              <option key={each} value={each}>
                {text[`expires_${each}`]}
              </option>
            ))}
          </select>
        </div>
      </fieldset>
      {failure !== undefined && <FailureNote failure={failure} />}
      <div class="actions">
        <button type="submit" class="btn wide" aria-disabled={isBusy}>
          {isBusy ? text.creating : text.create}
        </button>
      </div>
    </form>
  );
}

interface CheckProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly isWrong: true | undefined;
  readonly onChange: (isOn: boolean) => void;
}

function Check({ label, isOn, isWrong, onChange }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={isOn}
        aria-invalid={isWrong}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        <bdi>{label}</bdi>
      </span>
    </label>
  );
}

function toggled<T>(list: readonly T[], item: T, isOn: boolean): readonly T[] {
  return isOn ? [...list.filter((each) => each !== item), item] : list.filter((each) => each !== item);
}
