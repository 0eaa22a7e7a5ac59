/** All it takes to join one network, and what will happen then. Separate because two places in the list open it. */
import type { JoinRequest, JoinState, NetworksAnswer, WifiNetwork } from '@b3iq/wire/local-api';
import { useState } from 'preact/hooks';
import { tameName } from '../../flow/parse.ts';
import { readJoin, securityOf } from '../../network/judge.ts';
import { type JoinDraft, type JoinErrors, SECURITY_CHOICES } from '../../network/types.ts';
import { Field } from '../../parts/Field.tsx';
import { Fill } from '../../parts/Fill.tsx';
import { Form } from '../../parts/Form.tsx';
import { Note } from '../../parts/Note.tsx';
import { Select } from '../../parts/Select.tsx';
import { type FieldErrors, useForm } from '../../parts/use-form.ts';
import { network as text } from '../../strings/en.json';
import { Company } from './Company.tsx';

interface JoinFormProps {
  /** Undefined for a network that does not say its name. */
  readonly network: WifiNetwork | undefined;
  readonly draft: JoinDraft;
  readonly onDraft: (draft: JoinDraft) => void;
  readonly onJoin: (request: JoinRequest, ssid: string) => void;
  /** How the last try of this network failed. */
  readonly refused: Extract<JoinState, { kind: 'failed' }> | undefined;
  readonly answer: NetworksAnswer;
}

export function JoinForm({ network, draft, onDraft, onJoin, refused, answer }: JoinFormProps) {
  // Typed on one's own phone, and long: seen is better than hidden. A company's password is a person's own.
  const [isShown, setShown] = useState<boolean>();
  const [isTouched, setTouched] = useState(false);
  const security = securityOf(network, draft);
  const isCompany = security === 'enterprise';
  const set = (change: Partial<JoinDraft>): void => onDraft({ ...draft, ...change });
  const form = useForm({
    start: {}, // the draft outlives the form
    judge: (): FieldErrors<keyof JoinErrors> => {
      setTouched(true);
      const read = readJoin(draft, network);
      return read.kind === 'wrong' ? inWords(read.errors) : {};
    },
    send: async () => ({ kind: 'ok', value: readJoin(draft, network) }), // the page asks the machine, and shows how it goes
    done: (read) => {
      if (read.kind === 'ready') onJoin(read.request, network?.ssid ?? draft.name);
    },
  });
  const refusal = refused?.reason === 'wrong-password' && !isTouched ? text.field_refused : undefined;
  return (
    <div class="net-form">
      <Form
        form={form}
        action={
          network === undefined ? (
            text.join_hidden
          ) : (
            <Fill text={text.join} values={{ ssid: <bdi>{tameName(network.ssid)}</bdi> }} />
          )
        }
        after={<WhatHappens answer={answer} />}
      >
        {network === undefined && (
          <>
            <Field
              label={text.hidden_name}
              hint={text.hidden_name_hint}
              value={draft.name}
              onValue={(name) => set({ name })}
              error={form.errors.name}
              maxLength={32}
            />
            <Select
              label={text.security}
              value={draft.security}
              options={SECURITY_CHOICES.map((each) => [each, text[`choice_${each}`]])}
              onValue={(choice) => set({ security: choice })}
            />
          </>
        )}
        {security === 'open' && (
          <Note tone="warn" title={text.open_title}>
            {text.open_body}
          </Note>
        )}
        {isCompany && <Company draft={draft} onDraft={onDraft} errors={form.errors} />}
        {security !== 'open' && (
          <Field
            label={isCompany ? text.company_password : text.password}
            value={draft.password}
            onValue={(password) => {
              setTouched(true);
              set({ password });
            }}
            error={form.errors.password ?? refusal}
            maxLength={isCompany ? 128 : 64}
            secret={{ isShown: isShown ?? !isCompany, onShown: setShown }}
          />
        )}
      </Form>
    </div>
  );
}

function inWords(errors: JoinErrors): FieldErrors<keyof JoinErrors> {
  return {
    name: errors.name && text[errors.name],
    password: errors.password && text[errors.password],
    identity: errors.identity && text[errors.identity],
    authority: errors.authority && text[errors.authority],
    serverDomain: errors.serverDomain && text[errors.serverDomain],
  };
}

/** The announcement: read before the button is pressed, because afterwards the phone may be elsewhere. */
function WhatHappens({ answer }: { readonly answer: NetworksAnswer }) {
  if (answer.hotspot === null || !answer.hotspot.up) return null;
  const values = { hotspot: <b>{answer.hotspot.ssid}</b>, url: <b class="url">{answer.next_url}</b> };
  const worked = answer.next_url === null ? text.then_worked_unknown : text.then_worked;
  return (
    <ul class="bullets small then">
      {[text.then_away, worked, text.then_failed].map((sentence) => (
        <li key={sentence}>
          <Fill text={sentence} values={values} />
        </li>
      ))}
    </ul>
  );
}
