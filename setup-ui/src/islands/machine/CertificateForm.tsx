/** The owner's own certificate and its key, pasted or from files. The key goes to the machine and nowhere else. */
import type { CertificateAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import { installCertificate } from '../../api/appliance.ts';
import { judgePem } from '../../flow/judge-pem.ts';
import { Form } from '../../parts/Form.tsx';
import { Note } from '../../parts/Note.tsx';
import { PemField } from '../../parts/PemField.tsx';
import { useForm } from '../../parts/use-form.ts';
import { common, certificate as text } from '../../strings/en.json';

interface CertificateFormProps {
  /** The same page over `https`; undefined until it is known. */
  readonly secureUrl: string | undefined;
  readonly onInstalled: (installed: CertificateAnswer) => void;
  readonly onCancel: () => void;
}

export function CertificateForm({ secureUrl, onInstalled, onCancel }: CertificateFormProps) {
  const [isPlain, setPlain] = useState(false);
  useEffect(() => setPlain(window.location.protocol === 'http:'), []);
  const form = useForm({
    start: { chain: '', key: '' },
    judge: ({ chain, key }) => {
      const fault = judgePem(chain, key);
      return { chain: fault.chain && text[fault.chain], key: fault.key && text[fault.key] };
    },
    send: ({ chain, key }) => installCertificate({ certificate_pem: chain, private_key_pem: key }),
    done: onInstalled,
  });
  return (
    <>
      {isPlain && (
        <Note tone="warn" title={text.plain_title}>
          {text.plain_body}{' '}
          {secureUrl !== undefined && <a href={`${secureUrl}machine/#/machine`}>{text.plain_link}</a>}
        </Note>
      )}
      <Form
        form={form}
        action={text.submit}
        look="panel"
        after={
          <button type="button" class="btn plain" onClick={onCancel}>
            {common.cancel}
          </button>
        }
      >
        <PemField
          {...form.fields.chain}
          label={text.chain}
          hint={text.chain_hint}
          placeholder="-----BEGIN CERTIFICATE-----"
        />
        <PemField
          {...form.fields.key}
          label={text.key}
          hint={text.key_hint}
          placeholder="-----BEGIN PRIVATE KEY-----"
        />
      </Form>
    </>
  );
}
