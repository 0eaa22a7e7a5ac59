/** What a company's network asks for beside the password. Separate because only enterprise networks show it. */
import { type JoinDraft, type JoinErrors, TRUSTS } from '../../network/types.ts';
import { Field } from '../../parts/Field.tsx';
import { Note } from '../../parts/Note.tsx';
import { PemField } from '../../parts/PemField.tsx';
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
      <Select
        label={text.trust}
        value={draft.trust}
        options={TRUSTS.map((each) => [each, text[`trust_${each}`]])}
        onValue={(trust) => onDraft({ ...draft, trust })}
      />
      {draft.trust === 'certificate' && (
        <PemField
          label={text.authority}
          hint={text.authority_hint}
          value={draft.authority}
          onValue={(authority) => onDraft({ ...draft, authority })}
          error={errors.authority}
          placeholder="-----BEGIN CERTIFICATE-----"
        />
      )}
      {draft.trust === 'none' ? (
        <Note tone="warn" title={text.untrusted_title}>
          {text.untrusted_body}
        </Note>
      ) : (
        <Field
          label={text.server}
          hint={draft.trust === 'name' ? text.server_hint_name : text.server_hint}
          value={draft.serverDomain}
          onValue={(serverDomain) => onDraft({ ...draft, serverDomain })}
          error={errors.serverDomain}
          maxLength={253}
          placeholder="radius.example.com"
        />
      )}
    </>
  );
}
