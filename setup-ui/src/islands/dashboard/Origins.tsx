/** Which pages of other sites may call this machine from a browser: none until the owner names them. Separate from keys, which they still need. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Failure } from '../../api/call.ts';
import { changeOrigins, readOrigins } from '../../api/owner.ts';
import { refusalOf } from '../../flow/origins.ts';
import { Field } from '../../parts/Field.tsx';
import { Form } from '../../parts/Form.tsx';
import { FailureNote, Note } from '../../parts/Note.tsx';
import { useForm } from '../../parts/use-form.ts';
import { origins as text } from '../../strings/en.json';
import { fill } from '../../text.ts';

/** What was done last; a removal can be taken back as long as it stands there. */
type Said = { readonly kind: 'added' | 'removed'; readonly origin: string };

export function Origins() {
  const [origins, setOrigins] = useState<readonly string[]>();
  const [failure, setFailure] = useState<Failure>();
  const [said, setSaid] = useState<Said>();
  const load = useCallback(async () => {
    const answer = await readOrigins();
    if (answer.kind === 'ok') setOrigins(answer.value.origins);
    else setFailure(answer);
  }, []);
  useEffect(() => void load(), [load]);
  const change = async (kind: Said['kind'], origin: string): Promise<void> => {
    const answer = await changeOrigins(kind, origin);
    setFailure(answer.kind === 'ok' ? undefined : answer);
    if (answer.kind !== 'ok') return;
    setOrigins(answer.value.origins);
    setSaid({ kind, origin });
  };
  return (
    <section class="card panel origins">
      <h2>{text.heading}</h2>
      <p class="small">{text.body}</p>
      {failure !== undefined && <FailureNote failure={failure} />}
      <div role="status">
        {said !== undefined && (
          <Note tone="ok" title={fill(text[said.kind], { origin: said.origin })}>
            {said.kind === 'removed' && (
              <button type="button" class="btn small quiet" onClick={() => void change('added', said.origin)}>
                {text.undo}
              </button>
            )}
          </Note>
        )}
      </div>
      {origins?.length === 0 && (
        <p>
          <b>{text.empty_title}</b> {text.empty_body}
        </p>
      )}
      {origins !== undefined && origins.length > 0 && (
        <ul class="rows" aria-label={text.list}>
          {origins.map((origin) => (
            <li key={origin}>
              <span class="mono">{origin}</span>
              <button
                type="button"
                class="btn plain bad"
                aria-label={fill(text.remove_named, { origin })}
                onClick={() => void change('removed', origin)}
              >
                {text.remove}
              </button>
            </li>
          ))}
        </ul>
      )}
      {origins !== undefined && (
        <AddOrigin
          onAdded={(all, origin) => {
            setOrigins(all);
            setSaid({ kind: 'added', origin });
            setFailure(undefined);
          }}
        />
      )}
    </section>
  );
}

function AddOrigin({ onAdded }: { readonly onAdded: (all: readonly string[], origin: string) => void }) {
  const form = useForm({
    start: { origin: '' },
    // What an origin is, the machine judges and says.
    judge: () => ({}),
    send: async ({ origin }) => {
      const answer = await changeOrigins('added', origin.trim());
      return answer.kind === 'ok'
        ? { ...answer, value: { all: answer.value.origins, origin: origin.trim() } }
        : answer;
    },
    done: ({ all, origin }, clear) => {
      clear();
      onAdded(all, origin);
    },
  });
  const refused = refusalOf(form.failure);
  const field = refused === undefined ? form.fields.origin : { ...form.fields.origin, error: refused };
  return (
    <Form form={form} action={text.add} look="quiet" {...(refused !== undefined && { outcome: '' })}>
      <Field label={text.origin} hint={text.origin_hint} maxLength={300} isMono {...field} />
    </Form>
  );
}
