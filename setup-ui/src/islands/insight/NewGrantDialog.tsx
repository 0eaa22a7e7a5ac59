/** Makes a support grant: whom for, how long; then its token, once. */
import type { NewGrantAnswer } from '@b3iq/wire/local-api';
import { useState } from 'preact/hooks';
import { createGrant } from '../../api/insight.ts';
import { parseName, tameName } from '../../flow/parse.ts';
import { Field } from '../../parts/Field.tsx';
import { Form } from '../../parts/Form.tsx';
import { OnceDialog } from '../../parts/OnceDialog.tsx';
import { Select } from '../../parts/Select.tsx';
import { useForm } from '../../parts/use-form.ts';
import { support as text } from '../../strings/en.json';
import { fill } from '../../text.ts';

const LIVES = ['3600', '86400', '604800'] as const;
type Life = (typeof LIVES)[number];

interface NewGrantDialogProps {
  readonly onMade: () => void;
  readonly onClose: () => void;
}

export function NewGrantDialog(props: NewGrantDialogProps) {
  return (
    <OnceDialog<NewGrantAnswer>
      {...props}
      words={text}
      form={(made) => <NewGrantForm onMade={made} />}
      shown={({ grant, token }) => ({
        title: fill(text.made_title, { name: tameName(grant.name) }),
        secret: token,
      })}
    />
  );
}

function NewGrantForm({ onMade }: { readonly onMade: (answer: NewGrantAnswer) => void }) {
  const [life, setLife] = useState<Life>('86400');
  const form = useForm({
    start: { name: '' },
    judge: ({ name }) => ({ name: parseName(name) === undefined ? text.name_bad : undefined }),
    send: ({ name }) => createGrant({ name: name.trim(), expires_in_s: Number(life) }),
    done: onMade,
  });
  return (
    <Form form={form} action={text.create}>
      <Field label={text.name} hint={text.name_hint} maxLength={64} {...form.fields.name} />
      <Select
        label={text.life}
        value={life}
        options={LIVES.map((each) => [each, text[`life_${each}`]])}
        onValue={setLife}
      />
    </Form>
  );
}
