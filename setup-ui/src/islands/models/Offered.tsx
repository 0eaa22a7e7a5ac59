/** The catalogue: what this machine could serve, how well and why; what cannot fit is put away behind a button. */
import type { CatalogueAnswer, CatalogueModel, InstallModelRequest } from '@b3iq/wire/local-api';
import { useState } from 'preact/hooks';
import type { Failure } from '../../api/call.ts';
import { installModel } from '../../api/models.ts';
import { split } from '../../flow/models.ts';
import { tameName } from '../../flow/parse.ts';
import type { Models } from '../../flow/use-models.ts';
import { models as text } from '../../strings/en.json';
import { fill, formatNumber, formatSize, plural } from '../../text.ts';
import { FitReason, FitTag } from './Fit.tsx';

interface OfferedProps {
  readonly catalogue: CatalogueAnswer;
  readonly freeBytes: number;
  readonly onInstall: (model: CatalogueModel) => Promise<void>;
}

export function Offered({ catalogue, freeBytes, onInstall }: OfferedProps) {
  const [showsLarge, setShowsLarge] = useState(false);
  const { offered, unsized, tooLarge } = split(catalogue.models);
  const shown = showsLarge ? [...offered, ...tooLarge] : offered;
  const { bytes, of } = catalogue.memory;
  return (
    <section class="models">
      <h2>{text.offered}</h2>
      <p class="small num">
        {fill(of === 'graphics' ? text.memory_graphics : text.memory_machine, { memory: formatSize(bytes) })}{' '}
        {fill(text.disk_free, { room: formatSize(freeBytes) })}{' '}
        {fill(text.signed_by, { name: tameName(catalogue.signed_by) })} {text.leaves}
      </p>
      {shown.length > 0 && <Offers models={shown} onInstall={onInstall} />}
      {unsized.length > 0 && (
        <>
          <h3>{text.unsized}</h3>
          <p class="small">{text.unsized_body}</p>
          <Offers models={unsized} onInstall={onInstall} />
        </>
      )}
      {tooLarge.length > 0 && (
        <div class="after-table">
          <button type="button" class="btn plain" onClick={() => setShowsLarge(!showsLarge)}>
            {showsLarge
              ? text.hide_large
              : plural(tooLarge.length, text.show_large_one, text.show_large_other)}
          </button>
        </div>
      )}
    </section>
  );
}

function Offers({
  models,
  onInstall,
}: Pick<OfferedProps, 'onInstall'> & { models: readonly CatalogueModel[] }) {
  return (
    <ul class="card offers">
      {models.map((model) => {
        const name = tameName(model.label, 60);
        // Said once, above all of them.
        const isSized = model.size_bytes !== null || model.fit.kind !== 'unknown';
        return (
          <li key={model.id}>
            <div class="model-head">
              <b>{name}</b>
              {isSized && <FitTag fit={model.fit} />}
              <button
                type="button"
                class="btn small quiet"
                aria-label={fill(text.install_named, { name })}
                onClick={() => void onInstall(model)}
              >
                {text.install}
              </button>
            </div>
            <p class="small num">{factsOf(model)}</p>
            {isSized && <FitReason fit={model.fit} />}
          </li>
        );
      })}
    </ul>
  );
}

/** Installing at the press of a button, and why it could not begin. */
export function useInstall(models: Models) {
  const [failure, setFailure] = useState<Failure>();
  const start = async (source: InstallModelRequest['source']): Promise<void> => {
    const answer = await installModel({ source });
    setFailure(answer.kind === 'ok' ? undefined : answer);
    await models.look();
  };
  return { failure, start };
}

function factsOf(model: CatalogueModel): string {
  return [
    model.size_bytes === null ? undefined : formatSize(model.size_bytes),
    model.quantisation,
    model.context_tokens === null
      ? undefined
      : fill(text.context, { count: formatNumber(model.context_tokens) }),
    model.license === null ? text.license_unknown : model.license,
    fill(text.from, { host: model.host }),
    model.is_pinned ? undefined : text.unpinned,
  ]
    .filter((part) => part !== undefined && part !== null)
    .join(' · ');
}
