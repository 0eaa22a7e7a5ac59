/** The few settings of a conversation that are worth trying: model, system prompt, temperature, length. */
import type { ModelSummary } from '@b3iq/wire/local-api';
import { useId } from 'preact/hooks';
import { parseLimit, tameName } from '../../flow/parse.ts';
import { Field } from '../../parts/Field.tsx';
import { keys, play as text } from '../../strings/en.json';
import { fill, formatNumber } from '../../text.ts';

/** More than any model here writes in one go. */
export const MAX_TOKENS = 1_000_000;

export interface PlaySettings {
  readonly model: string;
  readonly system: string;
  /** 0–2. */
  readonly temperature: number;
  /** As typed; empty is no limit. */
  readonly maxTokens: string;
}

interface PlaygroundSettingsProps {
  readonly models: readonly ModelSummary[];
  readonly settings: PlaySettings;
  readonly onSettings: (settings: PlaySettings) => void;
}

export function PlaygroundSettings({ models, settings, onSettings }: PlaygroundSettingsProps) {
  const id = useId();
  const set = (change: Partial<PlaySettings>): void => onSettings({ ...settings, ...change });
  return (
    <section class="card panel" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{text.settings}</h2>
      <div class="field">
        <label for={`${id}-model`}>{text.model}</label>
        <select
          id={`${id}-model`}
          class="input"
          value={settings.model}
          onChange={(event) => set({ model: event.currentTarget.value })}
        >
          {models.map((model) => (
            <option key={model.id} value={model.id}>
              {tameName(model.label, 80)}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for={`${id}-system`}>{text.system}</label>
        <p class="hint" id={`${id}-system-hint`}>
          {text.system_hint}
        </p>
        <textarea
          id={`${id}-system`}
          class="input"
          rows={3}
          maxLength={8000}
          aria-describedby={`${id}-system-hint`}
          value={settings.system}
          onInput={(event) => set({ system: event.currentTarget.value })}
        />
      </div>
      <div class="field">
        <label for={`${id}-temperature`}>{text.temperature}</label>
        <p class="hint" id={`${id}-temperature-hint`}>
          {text.temperature_hint}
        </p>
        <div class="range">
          <input
            id={`${id}-temperature`}
            type="range"
            min={0}
            max={2}
            step={0.1}
            aria-describedby={`${id}-temperature-hint`}
            value={settings.temperature}
            onInput={(event) => set({ temperature: Number(event.currentTarget.value) })}
          />
          <output for={`${id}-temperature`}>{settings.temperature.toFixed(1)}</output>
        </div>
      </div>
      <Field
        label={text.max_tokens}
        hint={text.max_tokens_hint}
        value={settings.maxTokens}
        onValue={(maxTokens) => set({ maxTokens })}
        error={
          parseLimit(settings.maxTokens, MAX_TOKENS) === undefined
            ? fill(keys.error_number, { max: formatNumber(MAX_TOKENS) })
            : undefined
        }
        inputMode="numeric"
        maxLength={7}
      />
    </section>
  );
}
