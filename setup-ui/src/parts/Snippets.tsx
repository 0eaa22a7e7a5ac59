/** Three ways to call the machine, as tabs (WAI-ARIA tabs pattern). Separate so that the wizard and the dashboard share it. */
import { useId, useRef, useState } from 'preact/hooks';
import { SNIPPET_KINDS, type SnippetKind, snippet } from '../flow/snippets.ts';
import { endpoint as text } from '../strings/en.json';
import { Copy } from './Copy.tsx';

interface SnippetsProps {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly model: string | undefined;
  /** What to do with the curl lines; the others say what to install. */
  readonly hint?: string;
}

export function Snippets({ baseUrl, apiKey, model, hint }: SnippetsProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [kind, setKind] = useState<SnippetKind>('curl');
  const code = snippet(kind, {
    baseUrl,
    key: apiKey ?? text.placeholder_key,
    model: model ?? text.placeholder_model,
    question: text.question,
  });
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = (SNIPPET_KINDS.indexOf(kind) + step + SNIPPET_KINDS.length) % SNIPPET_KINDS.length;
    setKind(SNIPPET_KINDS[at] ?? kind);
    list.current?.querySelectorAll('button')[at]?.focus();
  };
  return (
    <>
      <div ref={list} class="tabs-list" role="tablist" aria-label={text.snippets} onKeyDown={move}>
        {SNIPPET_KINDS.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`${id}-${each}`}
            aria-controls={`${id}-panel`}
            aria-selected={each === kind}
            tabIndex={each === kind ? 0 : -1}
            onClick={() => setKind(each)}
          >
            {text[`tab_${each}`]}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${kind}`}>
        <Copy text={code} label={text.copy_code} name={text[`tab_${kind}`]} look="block" />
        <p class="hint">{kind === 'curl' ? hint : text[`install_${kind}`]}</p>
      </div>
    </>
  );
}
