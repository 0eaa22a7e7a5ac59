/** A code shown once: copy, save, print, and on only after saying it is kept. Used for the owner's code and the disk's. */
import { useEffect, useState } from 'preact/hooks';
import type { recovery } from '../strings/en.json';
import { fill } from '../text.ts';
import { Copy } from './Copy.tsx';
import { Icon } from './Icon.tsx';

interface RecoveryCodeProps {
  readonly code: string;
  readonly words: Pick<
    typeof recovery,
    'code_label' | 'copy' | 'download' | 'print' | 'kept' | 'kept_first' | 'file_name' | 'file_text'
  >;
  /** The machine's name, for the file. */
  readonly name: string;
  readonly action: string;
  readonly onKept: () => void;
}

export function RecoveryCode({ code, words: text, name, action, onKept }: RecoveryCodeProps) {
  const [isKept, setKept] = useState(false);
  const [isReminded, setReminded] = useState(false);
  // Leaving by accident would lose the code for good; until it is kept, browsers ask once.
  useEffect(() => {
    if (isKept) return undefined;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isKept]);
  const file = fill(text.file_text, { name, code });
  const proceed = (): void => {
    if (isKept) onKept();
    else setReminded(true);
  };
  return (
    <>
      <div class="print-me">
        <Copy text={code} label={text.copy} name={text.code_label} look="code" />
      </div>
      <div class="code-actions">
        <a
          class="btn quiet"
          download={fill(text.file_name, { name })}
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(file)}`}
        >
          <Icon name="download" />
          {text.download}
        </a>
        <button type="button" class="btn quiet" onClick={() => window.print()}>
          <Icon name="print" />
          {text.print}
        </button>
      </div>
      <label class="check kept">
        <input
          type="checkbox"
          checked={isKept}
          onChange={(event) => {
            setKept(event.currentTarget.checked);
            setReminded(false);
          }}
        />
        <span>{text.kept}</span>
      </label>
      <div role="alert">{isReminded && <p class="error">{text.kept_first}</p>}</div>
      <div class="actions">
        <button type="button" class="btn wide" aria-disabled={!isKept} onClick={proceed}>
          {action}
        </button>
      </div>
    </>
  );
}
