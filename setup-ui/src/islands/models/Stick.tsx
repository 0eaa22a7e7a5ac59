/** The models on a stick that is plugged in, and a button that installs one. Nothing is drawn without a stick. */
import type { StickAnswer } from '@b3iq/wire/local-api';
import { tameName } from '../../flow/parse.ts';
import { models as text } from '../../strings/en.json';
import { fill, formatSize } from '../../text.ts';

interface StickProps {
  readonly stick: StickAnswer;
  readonly onInstall: (name: string) => Promise<void>;
}

export function Stick({ stick, onInstall }: StickProps) {
  if (stick.state !== 'present') return null;
  const isEmpty = stick.models.length === 0;
  return (
    <section class="models">
      <h2>{text.stick}</h2>
      <p class="small">{isEmpty ? text.stick_empty : text.stick_body}</p>
      {!isEmpty && (
        <ul class="card offers">
          {stick.models.map((model) => (
            <StickModel key={model.name} model={model} onInstall={onInstall} />
          ))}
        </ul>
      )}
      {stick.is_cut && <p class="small">{text.stick_cut}</p>}
    </section>
  );
}

function StickModel({
  model,
  onInstall,
}: {
  readonly model: StickAnswer['models'][number];
  readonly onInstall: StickProps['onInstall'];
}) {
  const name = tameName(model.name, 80);
  return (
    <li>
      <div class="model-head">
        <b>
          <bdi>{name}</bdi>
        </b>
        <span class="offer-end">
          <span class="small num">{formatSize(model.size_bytes)}</span>
          {model.state === 'installed' && <span class="tag ok">{text.stick_installed}</span>}
          {model.state === 'installing' && <span class="tag">{text.stick_installing}</span>}
          {model.state === 'available' && (
            <button
              type="button"
              class="btn small quiet"
              aria-label={fill(text.install_named, { name })}
              onClick={() => void onInstall(model.name)}
            >
              {text.install}
            </button>
          )}
        </span>
      </div>
    </li>
  );
}
