/** What the list of engines elsewhere decides: what was typed, what one is called, how it is. Pure. */
import type { EngineOffer, EngineSummary, NewEngineRequest } from '@b3iq/wire/local-api';

/** An address of an engine, as typed; undefined for anything else. `http://` may be left out. The machine judges it again. */
export function addressIn(typed: string): string | undefined {
  const text = typed.trim();
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (text === '' || /\s/.test(text) || !URL.canParse(whole)) return undefined;
  return /^https?:$/.test(new URL(whole).protocol) ? whole : undefined;
}

/** A name that stands before those of its models; undefined when it is none. */
export function engineNameIn(typed: string): string | undefined {
  const name = typed.trim().toLowerCase();
  return /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(name) ? name : undefined;
}

/** What a key may be: visible characters only. Empty text is none. */
export const isEngineKey = (typed: string): boolean => /^[\x21-\x7e]{0,500}$/.test(typed.trim());

/** What is sent. @param typed  judged before */
export function newEngine(typed: {
  readonly name: string;
  readonly url: string;
  readonly key: string;
  readonly kind: NewEngineRequest['kind'];
}): NewEngineRequest {
  const key = typed.key.trim();
  return {
    name: engineNameIn(typed.name) ?? typed.name,
    kind: typed.kind,
    url: addressIn(typed.url) ?? typed.url,
    ...(key === '' ? {} : { api_key: key }),
  };
}

/** The program that usually listens there; each has a port of its own. */
const PROGRAMS: Readonly<Record<string, string>> = {
  '11434': 'ollama',
  '1234': 'lm-studio',
  '8000': 'vllm',
  '30000': 'sglang',
  '8080': 'llama-server',
};

/** A name for what was found, that no other has. */
export function suggestedName({ kind, url }: EngineOffer, taken: readonly string[]): string {
  const port = URL.canParse(url) ? new URL(url).port : '';
  const name = kind === 'ollama' ? 'ollama' : (PROGRAMS[port] ?? 'engine');
  for (let count = 1; ; count += 1) {
    const one = count === 1 ? name : `${name}-${count}`;
    if (!taken.includes(one)) return one;
  }
}

/** Those that somebody else runs. */
export const elsewhere = (engines: readonly EngineSummary[]): readonly EngineSummary[] =>
  engines.filter(({ kind }) => kind !== 'own');

/** Colour and word of a state; it is never told by colour alone. */
export function toneOf({ state, models }: EngineSummary): 'ready' | 'nothing' | 'looking' | 'away' {
  if (state === 'ready') return models.length > 0 ? 'ready' : 'nothing';
  return state === 'starting' ? 'looking' : 'away';
}
