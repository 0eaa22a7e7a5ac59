/** Engines that others run: what each gives, how it is, how to end it; what was found on this computer; and how to add one. */
import type { EngineOffer, EngineSummary } from '@b3iq/wire/local-api';
import { useState } from 'preact/hooks';
import { elsewhere, suggestedName, toneOf } from '../../flow/engines.ts';
import { tameName, tameText } from '../../flow/parse.ts';
import { useEngines } from '../../flow/use-engines.ts';
import { Icon } from '../../parts/Icon.tsx';
import { FailureNote, Note } from '../../parts/Note.tsx';
import { engines as text } from '../../strings/en.json';
import { fill } from '../../text.ts';
import { AddEngine, type Start } from './AddEngine.tsx';
import { RemoveEngine } from './RemoveEngine.tsx';

const TAGS = { ready: 'ok', nothing: 'warn', looking: '', away: 'bad' } as const;
/** Names shown before the rest is a number. */
const SHOWN = 6;

export function Engines() {
  const { answer, failure, look } = useEngines();
  const [adding, setAdding] = useState<Start>();
  const [removing, setRemoving] = useState<EngineSummary>();
  const [said, setSaid] = useState('');
  const engines = elsewhere(answer?.engines ?? []);
  const offered = answer?.offered ?? [];
  const names = (answer?.engines ?? []).map(({ name }) => name);
  const isEmpty = engines.length + offered.length === 0;
  const addButton = (
    <button type="button" class="btn quiet" onClick={() => setAdding({ name: '', url: '', kind: 'openai' })}>
      <Icon name="plus" />
      {text.add}
    </button>
  );
  return (
    <section class="models engines">
      <h2>{text.heading}</h2>
      <p class="small">{text.body}</p>
      {failure !== undefined && <FailureNote failure={failure} />}
      <div role="status">{said !== '' && <Note tone="ok" title={<bdi>{said}</bdi>} />}</div>
      {engines.map((engine) => (
        <Engine key={engine.name} engine={engine} onRemove={() => setRemoving(engine)} />
      ))}
      {offered.length > 0 && (
        <Found
          offered={offered}
          onUse={(offer) =>
            setAdding({ name: suggestedName(offer, names), url: offer.url, kind: offer.kind })
          }
        />
      )}
      {answer !== undefined && isEmpty && (
        <div class="card empty">
          <Icon name="cable" size={32} />
          <h3>{text.empty_title}</h3>
          <p>{text.empty_body}</p>
          {addButton}
        </div>
      )}
      {answer !== undefined && !isEmpty && <div class="form-actions">{addButton}</div>}
      {adding !== undefined && (
        <AddEngine
          start={adding}
          onClose={() => setAdding(undefined)}
          onAdded={({ name }) => {
            setAdding(undefined);
            setSaid(fill(text.added, { name }));
            void look();
          }}
        />
      )}
      {removing !== undefined && (
        <RemoveEngine
          engine={removing}
          onClose={() => setRemoving(undefined)}
          onRemoved={() => {
            setSaid(fill(text.removed, { name: removing.name }));
            setRemoving(undefined);
            void look();
          }}
        />
      )}
    </section>
  );
}

interface EngineProps {
  readonly engine: EngineSummary;
  readonly onRemove: () => void;
}

function Engine({ engine, onRemove }: EngineProps) {
  const { name, url, has_key, reason, counts_prompts } = engine;
  const tone = toneOf(engine);
  return (
    <article class="card panel">
      <div class="model-head">
        <b>
          <bdi>{name}</bdi>
        </b>
        <span class={`tag ${TAGS[tone]}`}>{text[`state_${tone}`]}</span>
      </div>
      <p class="hint mono wrap">
        <bdi>{tameText(url ?? '', 300)}</bdi>
      </p>
      {reason !== null && <p class="small">{tameText(reason, 400)}</p>}
      {tone === 'nothing' && <p class="small">{text.nothing}</p>}
      {engine.models.length > 0 && (
        <p class="small">
          {namesOf(engine.models)} {counts_prompts ? text.counts : text.counts_not}
        </p>
      )}
      {has_key && <p class="small">{text.has_key}</p>}
      <div class="form-actions">
        <button
          type="button"
          class="btn plain bad"
          aria-label={fill(text.remove_named, { name })}
          onClick={onRemove}
        >
          {text.remove}
        </button>
      </div>
    </article>
  );
}

interface FoundProps {
  readonly offered: readonly EngineOffer[];
  readonly onUse: (offer: EngineOffer) => void;
}

function Found({ offered, onUse }: FoundProps) {
  return (
    <>
      <h3>{text.found}</h3>
      <ul class="card offers">
        {offered.map((offer) => (
          <li key={offer.url}>
            <div class="model-head">
              <b>{offer.kind === 'ollama' ? text.kind_ollama : text.found_openai}</b>
              <span class="small mono">{offer.url}</span>
              <button
                type="button"
                class="btn small quiet"
                aria-label={fill(text.use_named, { url: offer.url })}
                onClick={() => onUse(offer)}
              >
                {text.use}
              </button>
            </div>
            <p class="small">{namesOf(offer.models)}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The first few by name. They are an engine's, so anything may be in them. */
function namesOf(models: readonly string[]): string {
  const names = models.slice(0, SHOWN).map((each) => tameName(each, 60));
  const more = models.length - names.length;
  return more > 0
    ? fill(text.models_more, { names: names.join(', '), count: String(more) })
    : fill(text.models, { names: names.join(', ') });
}
