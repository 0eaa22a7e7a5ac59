/** The one card that changes: up to date, found, installing, waiting for a restart, on trial. One main button at most. */
import type { UpdateState as State, UpdateAnswer } from '@b3iq/wire/local-api';
import { useState } from 'preact/hooks';
import { checkUpdate, installUpdate, restartIntoUpdate, saveUpdateSettings } from '../../api/appliance.ts';
import type { Failure } from '../../api/call.ts';
import { tameText } from '../../flow/parse.ts';
import { percentOf } from '../../flow/plot.ts';
import type { Update } from '../../flow/use-update.ts';
import { Icon } from '../../parts/Icon.tsx';
import { FailureNote } from '../../parts/Note.tsx';
import { updates as text } from '../../strings/en.json';
import { fill, formatBytes, formatDay, plural, spanOf } from '../../text.ts';
import type { Leave } from './use-departure.ts';

interface UpdateStateProps {
  readonly update: Update;
  readonly answer: UpdateAnswer;
  readonly leave: Leave;
}

export function UpdateState({ update, answer, leave }: UpdateStateProps) {
  const { state } = answer;
  const hasTrouble = answer.last !== null && answer.last.outcome !== 'installed';
  switch (state.kind) {
    case 'installing':
      return <Installing state={state} />;
    case 'ready':
      return <Ready version={state.version} leave={leave} />;
    case 'trial':
      return (
        <section class="card panel hero">
          <h2>{fill(text.trial_title, { version: state.version })}</h2>
          <p>{text.trial_body}</p>
          <p class="small">{plural(state.tries_left, text.tries_one, text.tries_other)}</p>
        </section>
      );
    case 'checking':
      return (
        <section class="card panel hero" role="status">
          <p class="with-spinner">
            <span class="spinner" aria-hidden="true" />
            <span>{text.checking}</span>
          </p>
        </section>
      );
    case 'idle':
      return answer.available === null ? (
        <section class="card panel hero calm">
          <Icon name="ok" size={28} />
          <div>
            <h2>{hasTrouble ? text.current_title_after : text.current_title}</h2>
            <p class="small">
              {answer.source_url === null
                ? text.current_no_source
                : hasTrouble
                  ? text.current_body_after
                  : text.current_body}
            </p>
          </div>
          <button
            type="button"
            class="btn small quiet"
            onClick={async () => update.take(await checkUpdate())}
          >
            {text.check}
          </button>
        </section>
      ) : (
        <Found update={update} answer={answer} available={answer.available} />
      );
  }
}

interface FoundProps {
  readonly update: Update;
  readonly answer: UpdateAnswer;
  readonly available: NonNullable<UpdateAnswer['available']>;
}

const WAITS = [1, 7, 30] as const;

function Found({ update, answer, available }: FoundProps) {
  const [isBusy, setBusy] = useState(false);
  const postpone = async (days: number): Promise<void> =>
    update.take(await saveUpdateSettings({ postpone_days: days }));
  const install = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    update.take(await installUpdate());
    setBusy(false);
  };
  return (
    <section class="card panel hero">
      <h2>{fill(text.found_title, { version: available.version })}</h2>
      <p class="small num">
        {fill(text.found_facts, {
          date: formatDay(available.released_at),
          size: formatBytes(available.size_bytes),
          from: text[`from_${available.from}`],
        })}
      </p>
      {available.notes.trim() !== '' && <p class="notes">{tameText(available.notes, 4000)}</p>}
      <p class="small">{text.found_body}</p>
      {answer.postponed_until !== null && (
        <p class="small">
          {fill(text.postponed, { date: formatDay(answer.postponed_until) })}{' '}
          <button type="button" class="inline-link" onClick={() => void postpone(0)}>
            {text.postpone_end}
          </button>
        </p>
      )}
      <div class="form-actions">
        <button type="button" class="btn" aria-disabled={isBusy} onClick={() => void install()}>
          {text.install}
        </button>
        {answer.postponed_until === null && (
          <details class="later">
            <summary class="btn plain">{text.later}</summary>
            <div class="later-choices">
              {WAITS.map((days) => (
                <button key={days} type="button" class="btn small quiet" onClick={() => void postpone(days)}>
                  {text[`later_${days}`]}
                </button>
              ))}
            </div>
          </details>
        )}
      </div>
    </section>
  );
}

function Installing({ state }: { readonly state: Extract<State, { kind: 'installing' }> }) {
  const { done_bytes: done, total_bytes: total, left_s: leftS } = state;
  const percent = percentOf(done, total);
  const rate = leftS === null || leftS === 0 ? undefined : (total - done) / leftS;
  return (
    <section class="card panel hero">
      <h2>{fill(text.installing_title, { version: state.version })}</h2>
      <p role="status">{text[`phase_${state.phase}`]}</p>
      <div
        role="progressbar"
        aria-label={text[`phase_${state.phase}`]}
        aria-valuenow={Math.round(percent)}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
          <rect class="all" width="100" height="8" rx="1.5" />
          <rect class="used" width={percent} height="8" rx="1.5" />
        </svg>
      </div>
      <p class="progress-facts num">
        <span>{fill(text.amount, { done: formatBytes(done), total: formatBytes(total) })}</span>
        {rate !== undefined && <span>{fill(text.rate, { rate: formatBytes(rate) })}</span>}
        <span>
          {leftS === null ? text.left_unknown : fill(text.left, { time: spanOf(Math.max(1, leftS)) })}
        </span>
      </p>
      <p class="small">{text.installing_body}</p>
    </section>
  );
}

function Ready({ version, leave }: { readonly version: string; readonly leave: Leave }) {
  const [failure, setFailure] = useState<Failure>();
  const go = async (): Promise<void> => {
    const answer = await restartIntoUpdate();
    if (answer.kind === 'ok') leave('update');
    else setFailure(answer);
  };
  return (
    <section class="card panel hero">
      <h2>{fill(text.ready_title, { version })}</h2>
      <p>{text.ready_body}</p>
      {failure !== undefined && <FailureNote failure={failure} />}
      <div class="form-actions">
        <button type="button" class="btn" onClick={() => void go()}>
          {text.restart_now}
        </button>
      </div>
    </section>
  );
}
