/** Emptying the machine: what goes, what stays, the name typed and the password given. It cannot be undone. */
import { useState } from 'preact/hooks';
import { factoryReset } from '../../api/appliance.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { Field } from '../../parts/Field.tsx';
import { PasswordGate } from '../../parts/PasswordGate.tsx';
import { reset as text } from '../../strings/en.json';
import { fill } from '../../text.ts';
import type { Leave } from './use-departure.ts';

export function FactoryReset({ name, leave }: { readonly name: string; readonly leave: Leave }) {
  const [isAsking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  return (
    <section class="card panel">
      <h2>{text.title}</h2>
      <p class="small">{text.body}</p>
      <div class="form-actions">
        <button type="button" class="btn plain bad" onClick={() => setAsking(true)}>
          {text.open}
        </button>
      </div>
      {isAsking && (
        <Dialog title={fill(text.heading, { name })} onClose={() => setAsking(false)}>
          <h3>{text.goes}</h3>
          <p>{text.goes_body}</p>
          <h3 class="label-row">{text.stays}</h3>
          <p>{text.stays_body}</p>
          <h3 class="label-row">{text.then}</h3>
          <p>{text.then_body}</p>
          <PasswordGate
            label={text.password}
            action={text.confirm}
            look="danger"
            judge={() => ({
              more: isSameName(typed, name) ? undefined : fill(text.error_name, { name }),
            })}
            more={(error) => (
              <Field
                label={fill(text.type_name, { name })}
                value={typed}
                onValue={setTyped}
                error={error}
                isMono
                maxLength={64}
              />
            )}
            send={factoryReset}
            onDone={() => leave('reset')}
          />
        </Dialog>
      )}
    </section>
  );
}

function isSameName(typed: string, name: string): boolean {
  return typed.trim().toLowerCase() === name.toLowerCase();
}
