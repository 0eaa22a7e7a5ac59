/** Installations: how far, how fast, how long still; pause, resume, cancel; why one has stopped. */
import type { ModelInstall, ModelLibraryAnswer } from '@b3iq/wire/local-api';
import type { Answer } from '../../api/call.ts';
import { cancelInstall, pauseInstall, resumeInstall } from '../../api/models.ts';
import { isTooLarge } from '../../flow/models.ts';
import { tameName, tameText } from '../../flow/parse.ts';
import { percentOf } from '../../flow/plot.ts';
import { Note } from '../../parts/Note.tsx';
import { models as text } from '../../strings/en.json';
import { fill, formatSize, spanOf } from '../../text.ts';

interface OnTheWayProps {
  readonly installs: readonly ModelInstall[];
  /** What models may take. */
  readonly memoryBytes: number;
  readonly take: (answer: Answer<ModelLibraryAnswer>) => void;
}

export function OnTheWay({ installs, memoryBytes, take }: OnTheWayProps) {
  return (
    <section class="models">
      <h2>{text.coming}</h2>
      {installs.map((install) => (
        <Install key={install.id} install={install} memoryBytes={memoryBytes} take={take} />
      ))}
    </section>
  );
}

interface InstallProps extends Omit<OnTheWayProps, 'installs'> {
  readonly install: ModelInstall;
}

function Install({ install, memoryBytes, take }: InstallProps) {
  const { id, phase, host } = install;
  const name = tameName(install.label, 60);
  const canResume = phase === 'paused' || phase === 'failed';
  return (
    <article class="card panel">
      <div class="model-head">
        <b>
          <bdi>{name}</bdi>
        </b>
        <span class={phase === 'failed' ? 'tag bad' : 'tag'}>{text[`phase_${phase}`]}</span>
      </div>
      <p class="small">
        {host === null ? text[`from_${install.from}`] : fill(text.from, { host: tameText(host, 80) })}
        {!install.is_pinned && ` · ${text.unpinned}`}
      </p>
      <Progress install={install} name={name} />
      {isTooLarge(install, memoryBytes) && (
        <Note tone="warn" title={text.coming_large}>
          {fill(text.coming_large_body, {
            size: formatSize(install.total_bytes ?? 0),
            memory: formatSize(memoryBytes),
          })}
        </Note>
      )}
      {install.message !== null && (
        <Note tone="bad" title={text.stopped}>
          {tameText(install.message, 600)}
        </Note>
      )}
      <div class="form-actions">
        <button
          type="button"
          class="btn small quiet"
          aria-label={fill(canResume ? text.resume_named : text.pause_named, { name })}
          onClick={async () => take(await (canResume ? resumeInstall(id) : pauseInstall(id)))}
        >
          {canResume ? text.resume : text.pause}
        </button>
        <button
          type="button"
          class="btn plain bad"
          aria-label={fill(text.cancel_named, { name })}
          onClick={async () => take(await cancelInstall(id))}
        >
          {text.cancel}
        </button>
      </div>
    </article>
  );
}

function Progress({ install, name }: { readonly install: ModelInstall; readonly name: string }) {
  const { done_bytes: done, total_bytes: total, bytes_per_second: rate, seconds_left: leftS } = install;
  const percent = total === null ? 0 : percentOf(done, total);
  return (
    <>
      <div
        role="progressbar"
        aria-label={name}
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
        <span>
          {total === null
            ? formatSize(done)
            : fill(text.amount, { done: formatSize(done), total: formatSize(total) })}
        </span>
        {rate !== null && <span>{fill(text.rate, { rate: formatSize(rate) })}</span>}
        {leftS !== null && <span>{fill(text.left, { time: spanOf(leftS) })}</span>}
      </p>
    </>
  );
}
