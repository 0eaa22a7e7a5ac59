/** Installed models: what each is, how it fits, and a way to give its room back. */
import type { InstalledModel } from '@b3iq/wire/local-api';
import { tameName, tameText } from '../../flow/parse.ts';
import { Note } from '../../parts/Note.tsx';
import { models as text } from '../../strings/en.json';
import { fill, formatNumber, formatSize } from '../../text.ts';
import { FitReason, FitTag } from './Fit.tsx';

interface InstalledProps {
  readonly models: readonly InstalledModel[];
  readonly onRemove: (model: InstalledModel) => Promise<void>;
}

export function Installed({ models, onRemove }: InstalledProps) {
  return (
    <section class="models">
      <h2>{text.installed}</h2>
      <p class="small">{text.installed_body}</p>
      {models.map((model) => {
        const name = tameName(model.label, 60);
        return (
          <article key={model.sha256} class="card panel">
            <div class="model-head">
              <b>
                <bdi>{name}</bdi>
              </b>
              {model.served !== null && <StateTag state={model.in_use ? 'in_use' : model.served.state} />}
              {model.fit !== null && <FitTag fit={model.fit} />}
            </div>
            <p class="small num">{factsOf(model)}</p>
            {model.fit !== null && model.not_served === null && <FitReason fit={model.fit} />}
            {(model.served?.reason ?? null) !== null && (
              <Note tone="warn" title={text.trouble}>
                {tameText(model.served?.reason ?? '', 400)}
              </Note>
            )}
            {model.not_served !== null && (
              <Note tone="warn" title={text.not_served}>
                {tameText(model.not_served, 400)}
              </Note>
            )}
            {model.refused !== null && (
              <Note tone="bad" title={text.refused}>
                {tameText(model.refused, 400)} {text.refused_action}
              </Note>
            )}
            <p class="hint mono wrap">SHA-256 {model.sha256}</p>
            {!model.in_use && (
              <div class="form-actions">
                <button
                  type="button"
                  class="btn plain bad"
                  aria-label={fill(text.remove_named, { name })}
                  onClick={() => void onRemove(model)}
                >
                  {text.remove}
                </button>
              </div>
            )}
          </article>
        );
      })}
    </section>
  );
}

const TONES: Readonly<Record<NonNullable<InstalledModel['served']>['state'] | 'in_use', string>> = {
  in_use: 'acc',
  ready: 'ok',
  idle: '',
  starting: 'acc',
  restarting: 'warn',
  failed: 'bad',
  stopped: 'warn',
};

function StateTag({ state }: { readonly state: keyof typeof TONES }) {
  return (
    <span class={`tag ${TONES[state]}`}>{state === 'in_use' ? text.in_use : text[`state_${state}`]}</span>
  );
}

/** What a conversation may come to here, and what the model was made for where that is more. */
function contextOf({ served, context_tokens: most }: InstalledModel): string | undefined {
  const count = served?.context_tokens ?? most;
  if (count === null) return undefined;
  return most === null || most <= count
    ? fill(text.context, { count: formatNumber(count) })
    : fill(text.context_of, { count: formatNumber(count), most: formatNumber(most) });
}

function factsOf(model: InstalledModel): string {
  return [
    formatSize(model.size_bytes),
    model.format === 'gguf' ? 'GGUF' : 'safetensors',
    model.architecture === null ? undefined : tameName(model.architecture),
    contextOf(model),
    model.pinned_by === 'manifest' ? text.pinned : text.pinned_first,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}
