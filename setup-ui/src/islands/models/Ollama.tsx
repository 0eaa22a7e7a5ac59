/** What Ollama already has on this computer, and a button that takes it over. Nothing is drawn where there is nothing. */
import type { OllamaAnswer } from '@b3iq/wire/local-api';
import { tameName } from '../../flow/parse.ts';
import { models as text } from '../../strings/en.json';
import { fill, formatSize } from '../../text.ts';

interface OllamaProps {
  readonly models: OllamaAnswer['models'];
  readonly onInstall: (name: string) => Promise<void>;
}

export function Ollama({ models, onInstall }: OllamaProps) {
  if (models.length === 0) return null;
  return (
    <section class="models">
      <h2>{text.ollama}</h2>
      <p class="small">{text.ollama_body}</p>
      <ul class="card offers">
        {models.map(({ name, sha256, size_bytes }) => (
          <li key={`${name} ${sha256}`}>
            <div class="model-head">
              <b>
                <bdi>{tameName(name, 60)}</bdi>
              </b>
              <span class="small num">{formatSize(size_bytes)}</span>
              <button
                type="button"
                class="btn small quiet"
                aria-label={fill(text.take_named, { name: tameName(name, 60) })}
                onClick={() => void onInstall(name)}
              >
                {text.take}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
