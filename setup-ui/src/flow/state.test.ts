import { NODE_STATES, SETUP_STEPS, type SetupState } from '@b3iq/wire/local-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, decide, lightFor, nextStep, pathOf, placeFor, stepsFor } from './state.ts';
import { PAGES } from './types.ts';

type Where = Pick<SetupState, 'kind' | 'state' | 'step' | 'signed_in' | 'network_step'>;
const where = (over: Partial<Where> = {}): Where => ({
  kind: 'host',
  state: 'claimed',
  step: 'first-answer',
  signed_in: true,
  network_step: false,
  ...over,
});
const anywhere = fc.record({
  kind: fc.constantFrom('host' as const, 'appliance' as const),
  state: fc.constantFrom(...NODE_STATES),
  step: fc.constantFrom(...SETUP_STEPS),
  signed_in: fc.boolean(),
  network_step: fc.boolean(),
});

describe('where a person belongs', () => {
  it.each([
    [where({ state: 'unclaimed', step: 'welcome', signed_in: false }), 'welcome'],
    [where({ state: 'unclaimed', step: 'claim', signed_in: false }), 'claim'],
    [where({ signed_in: false }), 'sign-in'],
    [where({ step: 'claim' }), 'claim'],
    [where({ step: 'network', network_step: true }), 'network'],
    [where({ step: 'network', network_step: false }), 'first-answer'],
    [where({ step: 'endpoint' }), 'endpoint'],
    [where({ step: 'done' }), 'dashboard'],
    [where({ state: 'claimed-recovering', step: 'done' }), 'dashboard'],
    [where({ kind: 'appliance', state: 'claimed-recovering', step: 'done' }), 'machine'],
    [where({ kind: 'appliance', step: 'done' }), 'dashboard'],
    [where({ state: 'identity-lost', step: 'done' }), 'welcome'],
  ] as const)('%o is %s', (setup, page) => {
    expect(placeFor(setup)).toBe(page);
  });

  it('is a page that then stays, whatever the state: no two pages send a person to and fro', () => {
    fc.assert(
      fc.property(anywhere, (setup) => {
        expect(decide(placeFor(setup), setup)).toEqual({ kind: 'stay' });
      }),
    );
  });

  it('is reached from every page in one step', () => {
    fc.assert(
      fc.property(anywhere, fc.constantFrom(...PAGES), (setup, page) => {
        const decision = decide(page, setup);
        if (decision.kind === 'stay') return;
        const next = PAGES.find((each) => pathOf(each) === decision.path);
        expect(next).toBeDefined();
        if (next !== undefined) expect(decide(next, setup)).toEqual({ kind: 'stay' });
      }),
    );
  });
});

describe('a page', () => {
  it('goes ahead when the machine is ahead, and back when it is behind', () => {
    expect(decide('first-answer', where({ step: 'endpoint' }))).toEqual({
      kind: 'go',
      path: '/setup/endpoint/',
    });
    expect(decide('endpoint', where({ step: 'first-answer' }))).toEqual({
      kind: 'go',
      path: '/setup/first-answer/',
    });
  });

  it('of the first two stays open until there is an owner', () => {
    const setup = where({ state: 'unclaimed', step: 'welcome', signed_in: false });
    for (const page of ['welcome', 'claim'] as const) expect(decide(page, setup)).toEqual({ kind: 'stay' });
  });

  it('keeps the setup token in the link only while it is still of use', () => {
    const unclaimed = where({ state: 'unclaimed', step: 'welcome', signed_in: false });
    expect(decide('endpoint', unclaimed, '#token=abc')).toEqual({ kind: 'go', path: '/setup/#token=abc' });
    expect(decide('claim', where({ signed_in: false }), '#token=abc')).toEqual({
      kind: 'go',
      path: '/sign-in/',
    });
  });

  it('of the owner stays open to a signed-in owner with setup unfinished, and to nobody else', () => {
    for (const page of ['dashboard', 'receipt'] as const) {
      expect(decide(page, where())).toEqual({ kind: 'stay' });
      expect(decide(page, where({ signed_in: false }))).toEqual({ kind: 'go', path: '/sign-in/' });
      expect(decide(page, where({ state: 'identity-corrupt' }))).toEqual({ kind: 'stay' });
    }
  });
});

describe('steps', () => {
  it('follow one another and skip the network on a Host', () => {
    const walk = (hasNetwork: boolean): string[] => {
      const seen: string[] = ['welcome'];
      while (seen.at(-1) !== 'done' && seen.length < 9)
        seen.push(nextStep(SETUP_STEPS.find((step) => step === seen.at(-1)) ?? 'done', hasNetwork));
      return seen;
    };
    expect(walk(true)).toEqual([...SETUP_STEPS]);
    expect(walk(false)).toEqual(['welcome', 'claim', 'first-answer', 'endpoint', 'done']);
  });

  it('show what is done, what is now and what is to come', () => {
    expect(stepsFor('network', true).map(({ progress }) => progress)).toEqual([
      'done',
      'done',
      'now',
      'later',
      'later',
    ]);
    expect(stepsFor('first-answer', false).map(({ step }) => step)).not.toContain('network');
  });
});

describe('the light', () => {
  const model = {
    id: 'm',
    label: 'M',
    self_test: true,
    context_tokens: 1,
    size_bytes: 1,
    capabilities: [],
  } as const;
  const facts = (
    engine: 'ready' | 'idle' | 'starting' | 'restarting' | 'failed' | 'stopped',
    isSettingUp = false,
  ) => ({
    state: 'claimed' as const,
    model: { ...model, state: engine },
    isSettingUp,
  });

  it.each([
    [facts('ready'), 'ready'],
    [facts('idle'), 'ready'],
    [facts('starting'), 'starting'],
    [facts('restarting'), 'restarting'],
    [facts('stopped'), 'stopped'],
    [facts('failed'), 'attention'],
    [facts('ready', true), 'setting_up'],
    [facts('failed', true), 'attention'],
    [{ ...facts('ready'), model: null }, 'no_model'],
    [{ ...facts('ready'), state: 'identity-lost' as const }, 'attention'],
    [undefined, 'checking'],
  ])('%#: says %s', (given, word) => {
    expect(lightFor('online', given).word).toBe(word);
  });

  it('tells of a lost network and of an update before it calls itself ready', () => {
    expect(lightFor('online', { ...facts('ready'), state: 'claimed-recovering' }).word).toBe('no_network');
    expect(lightFor('online', { ...facts('ready'), isUpdating: true })).toEqual({
      tone: 'busy',
      word: 'updating',
    });
    expect(lightFor('online', { ...facts('failed'), isUpdating: true }).word).toBe('attention');
  });

  it('is green only for a ready engine that can be reached', () => {
    expect(lightFor('online', facts('ready')).tone).toBe('ok');
    expect(lightFor('reconnecting', facts('ready'))).toEqual({ tone: 'warn', word: 'reconnecting' });
  });
});

it('asks again quickly at first and never less often than every 5 s', () => {
  expect([0, 1, 2, 3, 9, 99].map(backoffMs)).toEqual([400, 400, 800, 1600, 5000, 5000]);
});
