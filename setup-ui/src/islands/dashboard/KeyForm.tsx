/** What a key is called, may do and is limited to: the same fields for a new key and for one that is changed. */
import type { KeyPriority, KeyScope, ModelSummary, NewKeyRequest } from '@b3iq/wire/local-api';
import { useId, useState } from 'preact/hooks';
import type { Answer } from '../../api/call.ts';
import {
  judgeKeyForm,
  type KeyForm as KeyFields,
  LIFETIMES,
  LIMIT_MAX,
  LIMITS,
  type LimitName,
  requestOf,
} from '../../flow/key-form.ts';
import { tameName } from '../../flow/parse.ts';
import { Field } from '../../parts/Field.tsx';
import { Form } from '../../parts/Form.tsx';
import { Select } from '../../parts/Select.tsx';
import { useForm } from '../../parts/use-form.ts';
import { keys as text } from '../../strings/en.json';
import { fill, formatDay, formatNumber } from '../../text.ts';

/** As in the wire's list, written out so that the page carries no schema. */
const PRIORITIES = ['first', 'normal', 'background'] as const satisfies readonly KeyPriority[];

interface KeyFormProps<Done> {
  readonly start: KeyFields;
  /** When the key ends as it is; offered as a choice. */
  readonly ends?: string | null;
  /** Those that are here now. */
  readonly models: readonly ModelSummary[];
  readonly action: string;
  readonly send: (wanted: NewKeyRequest) => Promise<Answer<Done>>;
  readonly onDone: (answer: Done) => void;
}

export function KeyForm<Done>({ start, ends = null, models, action, send, onDone }: KeyFormProps<Done>) {
  const id = useId();
  const { scopes, isEveryModel, models: chosen, lifetime, priority, ...typed } = start;
  const [choice, setChoice] = useState({ scopes, isEveryModel, models: chosen, lifetime, priority });
  const set = (change: Partial<typeof choice>): void => setChoice({ ...choice, ...change });
  const form = useForm({
    start: typed,
    judge: (now) => sentences(judgeKeyForm({ ...now, ...choice })),
    send: (now) => send(requestOf({ ...now, ...choice }, Date.now())),
    done: onDone,
  });
  const limit = (name: LimitName, hint?: string) => (
    <Field
      label={text[name]}
      {...(hint !== undefined && { hint })}
      {...form.fields[name]}
      inputMode="numeric"
      maxLength={16}
    />
  );
  return (
    <Form form={form} action={action} isLong>
      <Field label={text.name} hint={text.name_hint} maxLength={64} {...form.fields.name} />
      <fieldset class="choices">
        <legend class="legend">{text.may}</legend>
        {(['inference', 'metrics'] as const).map((scope) => (
          <Check
            key={scope}
            label={text[`may_${scope}`]}
            isOn={choice.scopes.includes(scope)}
            isWrong={form.errors.scopes !== undefined}
            onChange={(isOn) => set({ scopes: toggled<KeyScope>(choice.scopes, scope, isOn) })}
          />
        ))}
        {form.errors.scopes && <p class="error">{form.errors.scopes}</p>}
      </fieldset>
      <fieldset class="choices">
        <legend class="legend">{text.models}</legend>
        {([true, false] as const).map((isEvery) => (
          <label key={String(isEvery)} class="check">
            <input
              type="radio"
              name={`${id}-models`}
              checked={choice.isEveryModel === isEvery}
              onChange={() => set({ isEveryModel: isEvery })}
            />
            <span>{isEvery ? text.models_all : text.models_some}</span>
          </label>
        ))}
        {!choice.isEveryModel &&
          offered(models, start.models).map(([model, label]) => (
            <Check
              key={model}
              label={label}
              isOn={choice.models.includes(model)}
              isWrong={form.errors.models !== undefined}
              onChange={(isOn) => set({ models: toggled(choice.models, model, isOn) })}
            />
          ))}
        {form.errors.models && <p class="error">{form.errors.models}</p>}
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
          value={choice.priority}
          options={PRIORITIES.map((each) => [each, text[`priority_${each}`]] as const)}
          onValue={(each) => set({ priority: each })}
        />
        <Select
          label={text.expires}
          value={choice.lifetime}
          options={[
            ...(ends === null ? [] : [['kept', fill(text.expires_kept, { date: formatDay(ends) })] as const]),
            ...LIFETIMES.map((each) => [each, text[`expires_${each}`]] as const),
          ]}
          onValue={(each) => set({ lifetime: each })}
        />
      </fieldset>
    </Form>
  );
}

/** What has to be corrected, in words. */
function sentences(wrong: ReturnType<typeof judgeKeyForm>) {
  const limit = (name: LimitName) =>
    wrong[name] && fill(text.error_number, { max: formatNumber(LIMIT_MAX[name]) });
  return {
    name: wrong.name && text.error_name,
    scopes: wrong.scopes && text.error_scope,
    models: wrong.models && text.error_models,
    ...Object.fromEntries(LIMITS.map((name) => [name, limit(name)])),
  };
}

/** Models by name and label: those that are here, then those that only the key still names. */
function offered(models: readonly ModelSummary[], named: readonly string[]): readonly [string, string][] {
  const here = new Map(models.map(({ id, label }) => [id, label]));
  return [...new Set([...here.keys(), ...named])].map((each) => [each, tameName(here.get(each) ?? each, 80)]);
}

interface CheckProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly isWrong: boolean;
  readonly onChange: (isOn: boolean) => void;
}

function Check({ label, isOn, isWrong, onChange }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={isOn}
        aria-invalid={isWrong || undefined}
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
