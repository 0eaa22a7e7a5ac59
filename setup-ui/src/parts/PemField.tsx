/** A text of many lines, pasted or read from a file. Separate because a file's text lands in the very same field. */
import { useId, useRef } from 'preact/hooks';
import { common } from '../strings/en.json';
import { Icon } from './Icon.tsx';
import type { FieldState } from './use-form.ts';

/** No certificate chain or key is larger; a film chosen by mistake is not read into the page. */
const MAX_BYTES = 100_000;

interface PemFieldProps extends FieldState {
  readonly label: string;
  readonly hint: string;
  readonly placeholder: string;
}

export function PemField({ label, hint, value, onValue, error, placeholder }: PemFieldProps) {
  const id = useId();
  const file = useRef<HTMLInputElement>(null);
  const read = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return;
    onValue(chosen.size > MAX_BYTES ? '' : await chosen.text());
    if (file.current !== null) file.current.value = '';
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="hint" id={`${id}-hint`}>
        {hint}
      </div>
      <textarea
        id={id}
        class="input mono pem"
        rows={4}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
        placeholder={placeholder}
        spellcheck={false}
        autoComplete="off"
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-hint ${id}-error`}
      />
      <input
        ref={file}
        class="sr-only"
        type="file"
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => void read(event.currentTarget.files?.[0])}
      />
      <button type="button" class="btn small plain" onClick={() => file.current?.click()}>
        <Icon name="file" size={18} />
        {common.choose_file}
        <span class="sr-only">: {label}</span>
      </button>
      <div id={`${id}-error`}>
        {error !== undefined && (
          <p class="error">
            <Icon name="bad" size={16} />
            {error}
          </p>
        )}
      </div>
    </div>
  );
}
