/** Restart and switch off, each asked once. */
import { useState } from 'preact/hooks';
import { power } from '../../api/appliance.ts';
import type { Failure } from '../../api/call.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { FailureNote } from '../../parts/Note.tsx';
import { common, power as text } from '../../strings/en.json';
import { fill } from '../../text.ts';
import type { Leave } from './use-departure.ts';

type Action = Parameters<typeof power>[0];

export function Power({ name, leave }: { readonly name: string; readonly leave: Leave }) {
  const [asked, setAsked] = useState<Action>();
  const [failure, setFailure] = useState<Failure>();
  const ask = (action: Action | undefined): void => {
    setFailure(undefined);
    setAsked(action);
  };
  const go = async (action: Action): Promise<void> => {
    const answer = await power(action);
    if (answer.kind === 'ok') leave(action);
    else setFailure(answer);
  };
  return (
    <section class="card panel">
      <h2>{text.title}</h2>
      <p class="small">{text.body}</p>
      <div class="form-actions">
        <button type="button" class="btn quiet" onClick={() => ask('restart')}>
          <Icon name="refresh" size={18} />
          {text.restart}
        </button>
        <button type="button" class="btn quiet" onClick={() => ask('power-off')}>
          <Icon name="power" size={18} />
          {text['power-off']}
        </button>
      </div>
      {asked !== undefined && (
        <Dialog title={fill(text[`${asked}_title`], { name })} onClose={() => ask(undefined)}>
          <p>{text[`${asked}_body`]}</p>
          {failure !== undefined && <FailureNote failure={failure} />}
          <div class="actions">
            <button type="button" class="btn wide" onClick={() => void go(asked)}>
              {text[asked]}
            </button>
            <button type="button" class="btn wide plain" onClick={() => ask(undefined)}>
              {common.cancel}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
