import type { ModelSummary, NodeState } from '@b3iq/wire/local-api';
import { describe, expect, it } from 'vitest';
import { isAnswer, judgeSigns } from './judge.ts';

const model = (self_test: boolean, state: ModelSummary['state']): ModelSummary => ({
  id: self_test ? 'b3iq-selftest' : 'mine',
  label: 'x',
  self_test,
  context_tokens: 1,
  size_bytes: 1,
  state,
  capabilities: [],
});
const signs = (state: NodeState, models: readonly ModelSummary[] | undefined, page = true) => ({
  state,
  page,
  models,
});

describe('a version', () => {
  it('waits for the agent and then for its page', () => {
    expect(judgeSigns({ state: undefined, page: true, models: [] }).kind).toBe('wait');
    expect(judgeSigns(signs('unclaimed', [], false)).kind).toBe('wait');
    expect(judgeSigns(signs('claimed', [model(true, 'ready')], false)).kind).toBe('wait');
  });
  it.each(['unclaimed', 'identity-lost', 'identity-corrupt'] as const)(
    'is good without any engine when it is %s and the page answers',
    (state) => {
      expect(judgeSigns(signs(state, undefined)).kind).toBe('good');
      expect(judgeSigns(signs(state, [model(true, 'failed')])).kind).toBe('good');
    },
  );
  it.each(['claimed', 'claimed-recovering'] as const)(
    'must answer with its own model when it is %s',
    (state) => {
      expect(judgeSigns(signs(state, undefined)).kind).toBe('wait');
      expect(judgeSigns(signs(state, [model(true, 'starting')])).kind).toBe('wait');
      expect(judgeSigns(signs(state, [model(true, 'failed')])).kind).toBe('wait');
      expect(judgeSigns(signs(state, [model(true, 'ready')]))).toEqual({
        kind: 'ask-endpoint',
        model: 'b3iq-selftest',
      });
    },
  );
  it.each(['ready', 'starting', 'restarting', 'failed', 'stopped'] as const)(
    'is not judged by the owner’s model, even when that is %s',
    (state) => {
      expect(judgeSigns(signs('claimed', [model(false, state)])).kind).toBe('ask-beside');
      expect(judgeSigns(signs('claimed', [])).kind).toBe('ask-beside');
    },
  );
});

describe('an answer', () => {
  it('has words in it', () => {
    expect(isAnswer({ choices: [{ message: { content: 'No.' } }] })).toBe(true);
  });
  it.each([
    undefined,
    null,
    1,
    '',
    {},
    { choices: [] },
    { choices: [{}] },
    { choices: [{ message: { content: ' ' } }] },
    { choices: [{ message: { content: 7 } }] },
  ])('is not %j', (body) => {
    expect(isAnswer(body)).toBe(false);
  });
});
