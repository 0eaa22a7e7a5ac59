/** A model from an address, or from a file of a Host; on an appliance, how one is brought on a stick. */
import { installModel } from '../../api/models.ts';
import { sha256In, sourceIn } from '../../flow/models.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { Field } from '../../parts/Field.tsx';
import { Form } from '../../parts/Form.tsx';
import { useForm } from '../../parts/use-form.ts';
import { models as text } from '../../strings/en.json';

interface AddModelProps {
  /** An appliance: nobody there can name a path. */
  readonly takesSticks: boolean;
  readonly onClose: () => void;
  readonly onStarted: () => void;
}

export function AddModel({ takesSticks, onClose, onStarted }: AddModelProps) {
  const wrong = takesSticks ? text.address_wrong : text.source_wrong;
  const form = useForm({
    start: { source: '', sha256: '' },
    judge: ({ source, sha256 }) => ({
      source: sourceIn(source) === undefined ? wrong : undefined,
      sha256: sha256In(sha256) === undefined ? text.sha256_wrong : undefined,
    }),
    send: ({ source, sha256 }) => {
      const hash = sha256In(sha256);
      return installModel({
        // Judged first: anything else was refused there.
        source: sourceIn(source) ?? { kind: 'file', path: source },
        ...(hash !== undefined && hash !== '' && { sha256: hash }),
      });
    },
    done: onStarted,
  });
  return (
    <Dialog title={text.add_title} onClose={onClose}>
      <p>{text.add_body}</p>
      <Form form={form} action={text.add_action}>
        <Field
          label={takesSticks ? text.address : text.source}
          hint={takesSticks ? text.address_hint : text.source_hint}
          maxLength={2000}
          isMono
          {...form.fields.source}
        />
        <Field label={text.sha256} hint={text.sha256_hint} maxLength={80} isMono {...form.fields.sha256} />
      </Form>
      {takesSticks && <p class="small">{text.add_stick}</p>}
    </Dialog>
  );
}
