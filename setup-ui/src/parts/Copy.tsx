/** Text to take away: shown in full, copied by one button, and honest when the browser does not let it. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { common } from '../strings/en.json';
import { copyText } from './clipboard.ts';
import { Icon } from './Icon.tsx';

interface CopyProps {
  /** What is copied. */
  readonly text: string;
  /** The button's accessible name, such as “Copy key”. */
  readonly label: string;
  /** `line` breaks nowhere but scrolls; `block` keeps its lines; `code` is one large code to read off; `address`
   * is to be typed elsewhere, `print` a fingerprint. */
  readonly look?: 'line' | 'block' | 'code' | 'address' | 'print';
  readonly name?: string;
  readonly children?: ComponentChildren;
}

export function Copy({ text, label, look = 'line', name, children }: CopyProps) {
  const shown = useRef<HTMLElement>(null);
  const [outcome, setOutcome] = useState<'copied' | 'selected'>();
  useEffect(() => {
    if (outcome === undefined) return undefined;
    const timer = window.setTimeout(() => setOutcome(undefined), 4000);
    return () => window.clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => setOutcome(await copyText(text, shown.current));
  return (
    <div class={`copy ${look}`}>
      {/* biome-ignore lint/a11y: a scrolling region must be reachable by keyboard and have a name (WCAG 2.1.1); no fieldset */}
      <pre tabIndex={0} role="group" aria-label={name ?? label}>
        <code ref={shown}>{children ?? text}</code>
      </pre>
      <button
        type="button"
        class="btn small quiet"
        onClick={() => void copy()}
        aria-label={outcome === 'copied' ? common.copied : label}
      >
        <Icon name={outcome === 'copied' ? 'check' : 'copy'} size={18} />
        <span aria-hidden="true">{outcome === 'copied' ? common.copied : common.copy}</span>
      </button>
      <p class="copy-said" role="status">
        {outcome === 'copied' && <span class="sr-only">{common.copied}</span>}
        {outcome === 'selected' && common.copy_by_hand}
      </p>
    </div>
  );
}
