/** What a company's network asks for beside the password. Separate because only enterprise networks show it. */
import type { JoinDraft, JoinErrors } from '../../network/types.ts';
import { Field } from '../../parts/Field.tsx';
import { Select } from '../../parts/Select.tsx';
import type { FieldErrors } from '../../parts/use-form.ts';
import { network as text } from '../../strings/en.json';

interface CompanyProps {
  readonly draft: JoinDraft;
  readonly onDraft: (draft: JoinDraft) => void;
  readonly errors: FieldErrors<keyof JoinErrors>;
}

export function Company({ draft, onDraft, errors }: CompanyProps) {
  return (
    <>
      <p class="small">{text.company_lead}</p>
      <Field
        label={text.identity}
        hint={text.identity_hint}
        value={draft.identity}
        onValue={(identity) => onDraft({ ...draft, identity })}
        error={errors.identity}
        maxLength={128}
      />
      <Select
        label={text.eap}
        value={draft.eap}
        options={[
          ['peap', 'PEAP (MSCHAPv2)'],
          ['ttls', 'TTLS'],
        ]}
        onValue={(eap) => onDraft({ ...draft, eap })}
      />
      <Field
        label={text.server}
        hint={text.server_hint}
        value={draft.serverDomain}
        onValue={(serverDomain) => onDraft({ ...draft, serverDomain })}
        error={errors.serverDomain}
        maxLength={253}
        placeholder="radius.example.com"
      />
    </>
  );
}
