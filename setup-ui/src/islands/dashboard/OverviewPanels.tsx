/** The model and the endpoint, as panels of the overview. */
import type { EngineStateName, ModelSummary, StatusAnswer } from '@b3iq/wire/local-api';
import { tameName } from '../../flow/parse.ts';
import { pathOfSection } from '../../flow/section.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Snippets } from '../../parts/Snippets.tsx';
import { endpoint, overview as text } from '../../strings/en.json';
import { fill, formatBytes, formatNumber, plural } from '../../text.ts';

const TONES: Readonly<Record<EngineStateName, string>> = {
  ready: 'ok',
  idle: 'ok',
  starting: 'acc',
  restarting: 'warn',
  stopped: 'warn',
  failed: 'bad',
};

export function ModelPanel({ models }: { readonly models: readonly ModelSummary[] }) {
  return (
    <section class="card panel">
      <h2>{text.model}</h2>
      {models.length === 0 && <p class="small">{text.no_models}</p>}
      {models.map((model) => (
        <div key={model.id} class="model">
          <div class="model-head">
            <b>
              <bdi>{tameName(model.label, 80)}</bdi>
            </b>
            {model.self_test && <span class="tag acc">{text.self_test}</span>}
            <span class={`tag ${TONES[model.state]}`}>{text[`state_${model.state}`]}</span>
          </div>
          <p class="small num">
            {[
              // Somebody else's engine may tell neither.
              model.context_tokens > 0 && fill(text.context, { count: formatNumber(model.context_tokens) }),
              model.size_bytes > 0 && fill(text.size, { size: formatBytes(model.size_bytes) }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          {model.elsewhere !== undefined && (
            <p class="small">{fill(text.elsewhere, { computer: tameName(model.elsewhere, 80) })}</p>
          )}
          {model.reason !== undefined && <p class="small">{model.reason}</p>}
          {model.self_test && <p class="small">{text.self_test_body}</p>}
          <ul class="caps" aria-label={text.capabilities}>
            {model.capabilities.map((each) => (
              <li key={each} class="tag">
                {text[`cap_${each}`]}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {models.length > 0 && (
        <p class="small">
          <a href={pathOfSection('benchmark')}>{text.benchmark_link}</a>
        </p>
      )}
    </section>
  );
}

export function EndpointPanel({ status }: { readonly status: StatusAnswer }) {
  const model = status.models[0]?.id;
  return (
    <section class="card panel">
      <h2>{text.endpoint}</h2>
      <p class="small">{text.endpoint_body}</p>
      <div class="pair">
        <h3>{endpoint.base_url}</h3>
        <Copy text={status.endpoint} label={text.copy_url} name={endpoint.base_url} />
      </div>
      {model !== undefined && (
        <div class="pair">
          <h3>{text.model_name}</h3>
          <Copy text={model} label={text.copy_model} name={text.model_name} />
        </div>
      )}
      <div class="row pair">
        <span class="small">
          {status.keys_active === 0
            ? text.endpoint_keys_none
            : plural(status.keys_active, text.endpoint_keys_one, text.endpoint_keys_other)}
        </span>
        <a class="btn small quiet" href="#/keys">
          {status.keys_active === 0 ? text.endpoint_make : text.endpoint_manage}
        </a>
      </div>
      <details>
        <summary>
          <span class="legend">{endpoint.snippets}</span>
          <span class="chevron">
            <Icon name="down" />
          </span>
        </summary>
        <Snippets baseUrl={status.endpoint} apiKey={undefined} model={model} />
      </details>
    </section>
  );
}
