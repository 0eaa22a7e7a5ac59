/** Last setup page: the address, a first key, and code that runs. One decision: the app's name. */
import type { LocalKey, StatusAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../api/call.ts';
import { createKey, readKeys, readStatus } from '../api/owner.ts';
import { saveStep } from '../api/setup.ts';
import { parseName, tameName } from '../flow/parse.ts';
import { useSetup } from '../flow/use-setup.ts';
import { Copy } from '../parts/Copy.tsx';
import { Field } from '../parts/Field.tsx';
import { Form } from '../parts/Form.tsx';
import { Heading } from '../parts/Heading.tsx';
import { FailureNote } from '../parts/Note.tsx';
import { Snippets } from '../parts/Snippets.tsx';
import { useForm } from '../parts/use-form.ts';
import { Wizard } from '../parts/Wizard.tsx';
import { common, endpoint as text } from '../strings/en.json';
import { fill } from '../text.ts';

export function Endpoint() {
  const flow = useSetup('endpoint');
  const { setup, contact, accept } = flow;
  const [status, setStatus] = useState<StatusAnswer>();
  const [keys, setKeys] = useState<readonly LocalKey[]>([]);
  const [made, setMade] = useState<{ readonly name: string; readonly secret: string }>();
  const [failure, setFailure] = useState<Failure>();
  const isHere = setup !== undefined && contact === 'online';

  useEffect(() => {
    if (!isHere) return undefined;
    let isOver = false;
    const look = async (): Promise<void> => {
      const [heard, listed] = [await readStatus(), await readKeys()];
      if (isOver) return;
      if (heard.kind === 'ok') setStatus(heard.value);
      if (listed.kind === 'ok') setKeys(listed.value.keys.filter((key) => key.revoked_at === null));
    };
    void look();
    return () => {
      isOver = true;
    };
  }, [isHere]);

  const goTo = async (step: 'done' | 'first-answer'): Promise<void> => {
    const saved = await saveStep(step);
    if (saved.kind === 'ok') accept(saved.value);
    else setFailure(saved);
  };
  const isLan = status !== undefined && !/^https?:\/\/(127\.|localhost|\[::1\])/.test(status.endpoint);
  return (
    <Wizard page="endpoint" flow={flow}>
      <Heading>{text.heading}</Heading>
      <p class="lead">{text.lead}</p>
      {status === undefined ? (
        <div class="skeleton tall" />
      ) : (
        <>
          <h2 class="label-row">{text.base_url}</h2>
          <Copy text={status.endpoint} label={text.copy_url} name={text.base_url} />
          {made === undefined ? (
            <KeyForm keys={keys} onMade={setMade} />
          ) : (
            <>
              <h2 class="label-row">
                <bdi>{fill(text.key, { name: tameName(made.name) })}</bdi>
              </h2>
              <Copy text={made.secret} label={text.copy_key} />
              <p class="hint" role="status">
                {text.key_once}
              </p>
              <Snippets
                baseUrl={status.endpoint}
                apiKey={made.secret}
                model={status.models[0]?.id ?? setup?.model?.id}
                hint={isLan ? text.try_it_lan : text.try_it}
              />
            </>
          )}
        </>
      )}
      {failure !== undefined && <FailureNote failure={failure} />}
      <div class="actions">
        <button
          type="button"
          class={made === undefined ? 'btn wide plain' : 'btn wide'}
          onClick={() => void goTo('done')}
        >
          {text.finish}
        </button>
        <button type="button" class="btn wide plain" onClick={() => void goTo('first-answer')}>
          {common.back}
        </button>
      </div>
    </Wizard>
  );
}

interface KeyFormProps {
  readonly keys: readonly LocalKey[];
  readonly onMade: (made: { readonly name: string; readonly secret: string }) => void;
}

function KeyForm({ keys, onMade }: KeyFormProps) {
  const form = useForm({
    start: { name: text.key_name_value },
    judge: ({ name }) => ({ name: parseName(name) === undefined ? text.error_name : undefined }),
    send: ({ name }) => createKey({ name: name.trim() }),
    done: ({ key, secret }) => onMade({ name: key.name, secret }),
  });
  const names = keys.map((key) => `“${tameName(key.name)}”`).slice(0, 5);
  return (
    <Form form={form} action={text.create}>
      <Field {...form.fields.name} label={text.key_name} hint={text.key_name_hint} maxLength={64} />
      {names.length > 0 && (
        <p class="hint">
          <bdi>
            {fill(names.length === 1 ? text.existing_one : text.existing_other, { names: names.join(', ') })}
          </bdi>
        </p>
      )}
    </Form>
  );
}
