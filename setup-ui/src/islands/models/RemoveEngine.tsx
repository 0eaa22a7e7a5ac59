/** Asks once before an engine is taken off the list: its key goes with it and cannot be brought back. */
import type { EngineSummary } from '@b3iq/wire/local-api';
import { removeEngine } from '../../api/engines.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { Form } from '../../parts/Form.tsx';
import { useForm } from '../../parts/use-form.ts';
import { engines as text } from '../../strings/en.json';
import { fill } from '../../text.ts';

interface RemoveEngineProps {
  readonly engine: EngineSummary;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

export function RemoveEngine({ engine: { name, has_key }, onClose, onRemoved }: RemoveEngineProps) {
  const form = useForm({
    start: {},
    judge: () => ({}),
    send: () => removeEngine(name),
    done: onRemoved,
  });
  return (
    <Dialog title={<bdi>{fill(text.remove_title, { name })}</bdi>} onClose={onClose}>
      <Form form={form} action={text.remove} look="danger">
        <p>{has_key ? text.remove_body_key : text.remove_body}</p>
      </Form>
    </Dialog>
  );
}
