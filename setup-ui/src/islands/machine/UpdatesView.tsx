/** Versions: the one that runs, the one to be had, and when it is installed. Never offered in a hurry. */
import type { UpdateAnswer } from '@b3iq/wire/local-api';
import { useState } from 'preact/hooks';
import { checkUpdate, saveUpdateSettings } from '../../api/appliance.ts';
import type { Update } from '../../flow/use-update.ts';
import { FailureNote, Note } from '../../parts/Note.tsx';
import { ViewHead } from '../../parts/ViewHead.tsx';
import { updates as text } from '../../strings/en.json';
import { fill, formatDay } from '../../text.ts';
import { UpdateState } from './UpdateState.tsx';
import type { Leave } from './use-departure.ts';

export function UpdatesView({ update, leave }: { readonly update: Update; readonly leave: Leave }) {
  const { answer, failure } = update;
  if (answer === undefined)
    return (
      <>
        <ViewHead title={text.heading} lead={text.lead} />
        {failure === undefined ? <div class="skeleton tall" /> : <FailureNote failure={failure} />}
      </>
    );
  return (
    <>
      <ViewHead title={text.heading} lead={text.lead} />
      <LastOutcome answer={answer} />
      {failure !== undefined && <FailureNote failure={failure} />}
      <div class="column">
        <UpdateState update={update} answer={answer} leave={leave} />
        <section class="card panel">
          <h2>{text.version_title}</h2>
          <dl class="facts-list num">
            <div>
              <dt>{text.version_now}</dt>
              <dd>
                {answer.current.version}
                {answer.current.released_at !== null &&
                  fill(text.version_from, { date: formatDay(answer.current.released_at) })}
              </dd>
            </div>
            <div>
              <dt>{text.support}</dt>
              <dd>{fill(text.support_until, { date: formatDay(answer.support_until) })}</dd>
            </div>
            <div>
              <dt>{text.previous}</dt>
              <dd>
                {answer.previous === null
                  ? text.previous_none
                  : fill(text.previous_kept, { version: answer.previous.version })}
              </dd>
            </div>
          </dl>
        </section>
        <Habits update={update} answer={answer} />
      </div>
    </>
  );
}

/** How the last update ended, when that is worth a word: it is kept until the next one. */
function LastOutcome({ answer }: { readonly answer: UpdateAnswer }) {
  const { last, state } = answer;
  if (last === null || last.outcome === 'installed' || state.kind === 'installing') return null;
  return (
    <Note
      tone="warn"
      title={fill(text[`last_${last.outcome}_title`], {
        version: last.version,
        current: answer.current.version,
      })}
    >
      {last.reason ?? text.last_no_reason} {text[`last_${last.outcome}_body`]}
      <small class="code">{formatDay(last.at)}</small>
    </Note>
  );
}

/** Automatic or by hand, and where versions come from. */
function Habits({ update, answer }: { readonly update: Update; readonly answer: UpdateAnswer }) {
  const [isLooking, setLooking] = useState(false);
  const isBusy = isLooking || answer.state.kind === 'checking' || answer.state.kind === 'installing';
  const look = async (): Promise<void> => {
    if (isBusy) return;
    setLooking(true);
    update.take(await checkUpdate());
    setLooking(false);
  };
  return (
    <section class="card panel">
      <h2>{text.habits}</h2>
      <label class="check">
        <input
          type="checkbox"
          checked={answer.automatic}
          onChange={async (event) =>
            update.take(await saveUpdateSettings({ automatic: event.currentTarget.checked }))
          }
        />
        <span>{text.automatic}</span>
      </label>
      <p class="small">{answer.automatic ? text.automatic_on : text.automatic_off}</p>
      <h3 class="label-row">{text.stick_title}</h3>
      <p class="small">{answer.source_url === null ? text.stick_only : text.stick_body}</p>
      {answer.available !== null && (
        <div class="form-actions">
          <button type="button" class="btn quiet" aria-disabled={isBusy} onClick={() => void look()}>
            {text.look_again}
          </button>
        </div>
      )}
    </section>
  );
}
