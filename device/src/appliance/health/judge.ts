/**
 * What the answers of the agent say about this version of the system. Pure; separate because one wrong verdict either
 * strands a good version or blesses a bad one.
 * An owner's model, network, graphics card or lost key are no faults of a version: none of them is looked at.
 */
import type { ModelSummary, NodeState } from '@b3iq/wire/local-api';

/** What was seen of the agent so far; `undefined` where it has not answered. */
export interface Signs {
  readonly state: NodeState | undefined;
  /** Whether port 80 serves the setup page. */
  readonly page: boolean;
  readonly models: readonly ModelSummary[] | undefined;
}

export type Verdict =
  | { readonly kind: 'good'; readonly because: string }
  /** Not yet: look again. */
  | { readonly kind: 'wait'; readonly for: string }
  /** The served model is the image's own and is loaded: it shall answer through the endpoint. */
  | { readonly kind: 'ask-endpoint'; readonly model: string }
  /** An owner's model is served: the image's own shall answer beside it. */
  | { readonly kind: 'ask-beside' };

/** The next thing to do. */
export function judgeSigns({ state, page, models }: Signs): Verdict {
  if (state === undefined) return { kind: 'wait', for: 'the agent to answer' };
  if (!page) return { kind: 'wait', for: 'the setup page' };
  // Without an owner, or without a key, nothing but the page is served: it is the whole of the promise.
  if (state === 'unclaimed') return { kind: 'good', because: 'the setup page answers' };
  if (state === 'identity-lost' || state === 'identity-corrupt')
    return { kind: 'good', because: 'the page that says how to recover answers' };
  if (models === undefined) return { kind: 'wait', for: 'the list of models' };
  const own = models.find((model) => model.self_test);
  if (own === undefined) return { kind: 'ask-beside' };
  if (own.state === 'ready' || own.state === 'idle') return { kind: 'ask-endpoint', model: own.id };
  return { kind: 'wait', for: `the self-test model, which is ${own.state}` };
}

/** Whether the body of a chat answer holds an answer. */
export function isAnswer(body: unknown): boolean {
  const text = pick(pick(pick(pick(body, 'choices'), 0), 'message'), 'content');
  return typeof text === 'string' && text.trim() !== '';
}

function pick(from: unknown, key: string | number): unknown {
  if (typeof from !== 'object' || from === null) return undefined;
  return (from as Readonly<Record<string | number, unknown>>)[key]; // JSON: any object may be read by any key
}
