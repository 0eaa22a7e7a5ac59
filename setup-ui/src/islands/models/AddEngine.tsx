/** Adds an engine by its address. Its key is typed here once and never shown again. */
import type { EngineSummary, NewEngineRequest } from '@b3iq/wire/local-api';
import { useState } from 'preact/hooks';
import type { Failure } from '../../api/call.ts';
import { addEngine } from '../../api/engines.ts';
import { addressIn, engineNameIn, isEngineKey, newEngine } from '../../flow/engines.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { Field, PasswordField } from '../../parts/Field.tsx';
import { Form } from '../../parts/Form.tsx';
import { Select } from '../../parts/Select.tsx';
import { useForm } from '../../parts/use-form.ts';
import { engines as text } from '../../strings/en.json';

export interface Start {
  readonly name: string;
  readonly url: string;
  readonly kind: NonNullable<NewEngineRequest['kind']>;
}

interface AddEngineProps {
  readonly start: Start;
  readonly onClose: () => void;
  readonly onAdded: (engine: EngineSummary) => void;
}

export function AddEngine({ start, onClose, onAdded }: AddEngineProps) {
  const [kind, setKind] = useState(start.kind);
  const form = useForm({
    start: { url: start.url, name: start.name, key: '' },
    judge: ({ url, name, key }) => ({
      url: addressIn(url) === undefined ? text.url_wrong : undefined,
      name: engineNameIn(name) === undefined ? text.name_wrong : undefined,
      key: isEngineKey(key) ? undefined : text.key_wrong,
    }),
    send: (typed) => addEngine(newEngine({ ...typed, kind })),
    done: onAdded,
  });
  const refused = addressRefusal(form.failure);
  const url = refused === undefined ? form.fields.url : { ...form.fields.url, error: refused };
  return (
    <Dialog title={text.add_title} onClose={onClose}>
      <p>{text.add_body}</p>
      <Form form={form} action={text.add_action} {...(refused !== undefined && { outcome: <></> })}>
        <Field label={text.url} hint={text.url_hint} maxLength={300} isMono {...url} />
        <Select
          label={text.kind}
          value={kind}
          options={[
            ['openai', text.kind_openai],
            ['ollama', text.kind_ollama],
          ]}
          onValue={setKind}
        />
        <Field label={text.name} hint={text.name_hint} maxLength={32} isMono {...form.fields.name} />
        <PasswordField label={text.key} hint={text.key_hint} maxLength={500} isMono {...form.fields.key} />
      </Form>
    </Dialog>
  );
}

/** What the machine says of the address alone, to stand at its field. */
function addressRefusal(failure: Failure | undefined): string | undefined {
  if (failure?.kind !== 'problem') return undefined;
  const words = /^url: (.)(.*)$/s.exec(failure.detail);
  return words === null ? undefined : `${words[1]?.toUpperCase()}${words[2]}`;
}
