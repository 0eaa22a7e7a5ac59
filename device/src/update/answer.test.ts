import { describe, expect, it } from 'vitest';
import { SILENCE_S, updateAnswer } from './answer.ts';
import { manifestOf, readingOf } from './fixtures.ts';
import type { Reading } from './port.ts';
import { type Activity, defaultUpdateSettings, type InstallFacts, OBSTACLES } from './types.ts';
import { lastSentence, obstacleSentence } from './words.ts';

const AT = '2026-11-22T08:00:00.000Z';
const LATER = '2026-11-22T09:00:00.000Z';
const facts = (change: Partial<InstallFacts>): InstallFacts => ({
  onTrial: false,
  triesLeft: undefined,
  entries: [{ version: 1, triesLeft: undefined }],
  record: { pending: undefined, floor: 1, failed: [], last: undefined },
  ...change,
});
const waiting = facts({
  entries: [
    { version: 1, triesLeft: undefined },
    { version: 2, triesLeft: 3 },
  ],
  record: { pending: { version: 2, at: AT }, floor: 1, failed: [], last: undefined },
});
const offer = { from: 'url', manifest: manifestOf() } as const;
const installing: Activity = {
  kind: 'installing',
  version: 2,
  phase: 'downloading',
  doneBytes: 10,
  totalBytes: 300,
  leftS: 29,
};
const tell = (reading: Partial<Reading>, asked?: Activity) =>
  updateAnswer(readingOf(reading), defaultUpdateSettings, asked);

describe('the owner is told', () => {
  it('which version runs and until when it is looked after', () => {
    expect(tell({})).toEqual({
      current: { version: '1', released_at: '2026-11-01T00:00:00Z' },
      previous: null,
      available: null,
      state: { kind: 'idle' },
      last: null,
      checked: null,
      automatic: true,
      postponed_until: null,
      support_until: '2031-11-30',
      source_url: 'https://updates.example.com/',
    });
  });
  it('of a newer version, its size and its notes', () => {
    expect(tell({ offers: [offer] }).available).toEqual({
      version: '2',
      from: 'url',
      size_bytes: 300,
      released_at: '2026-11-20T00:00:00.000Z',
      notes: 'Starts faster.',
    });
  });
  it('nothing of a version that may not be installed', () => {
    expect(
      tell({ offers: [{ from: 'usb', manifest: manifestOf({ version: 1, minimum_version: 0 }) }] }).available,
    ).toBeNull();
  });
  it('nothing of a newer version while it does not know what runs', () => {
    const answer = tell({ running: undefined, facts: undefined, offers: [offer] });
    expect(answer.available).toBeNull();
    expect(answer).toMatchObject({ current: { version: '?', released_at: null }, support_until: '' });
  });
  it('that a version waits for a restart, and not that it is still on offer', () => {
    const answer = tell({ facts: waiting, offers: [offer] });
    expect(answer.state).toEqual({ kind: 'ready', version: '2' });
    expect(answer.available).toBeNull();
  });
  it('of one that is newer than the one that waits', () => {
    const newer = { from: 'url', manifest: manifestOf({ version: 3 }) } as const;
    expect(tell({ facts: waiting, offers: [newer] }).available?.version).toBe('3');
  });
  it('not that a version waits when it is not there, or its tries are used up', () => {
    expect(tell({ facts: { ...waiting, entries: [] } }).state.kind).toBe('idle');
    expect(tell({ facts: { ...waiting, entries: [{ version: 2, triesLeft: 0 }] } }).state.kind).toBe('idle');
  });
  it('that the version that runs is being tried', () => {
    const running = { ...readingOf().running, version: 2 } as Reading['running'];
    const trial = { ...waiting, onTrial: true, triesLeft: 2 };
    expect(tell({ running, facts: trial }).state).toEqual({ kind: 'trial', version: '2', tries_left: 2 });
    expect(tell({ running, facts: { ...trial, triesLeft: undefined } }).state).toMatchObject({
      tries_left: 0,
    });
    expect(tell({ running, facts: trial }).previous).toEqual({ version: '1' });
  });
  it('of the newest older version that could be started', () => {
    const running = { ...readingOf().running, version: 9 } as Reading['running'];
    const entries = [3, 7, 8, 9].map((version) => ({ version, triesLeft: version === 8 ? 0 : undefined }));
    expect(tell({ running, facts: facts({ entries }) }).previous).toEqual({ version: '7' });
  });
  it('that it goes on between the program that fetched and the one that writes, until that one is done', () => {
    const fetching = { uptimeS: 990, activity: { ...installing, phase: 'verifying' } as const };
    expect(tell({ fetching, writing: { uptimeS: 900, activity: { kind: 'none' } } }).state.kind).toBe(
      'installing',
    );
    expect(tell({ fetching, writing: { uptimeS: 999, activity: { kind: 'none' } } }).state.kind).toBe('idle');
  });
  it('how far an installation is', () => {
    const fetching = { uptimeS: 999, activity: installing };
    expect(tell({ fetching }).state).toEqual({
      kind: 'installing',
      version: '2',
      phase: 'downloading',
      done_bytes: 10,
      total_bytes: 300,
      left_s: 29,
    });
    const writing = {
      uptimeS: 999,
      activity: { ...installing, phase: 'writing', leftS: undefined } as const,
    };
    expect(tell({ fetching, writing }).state).toMatchObject({ phase: 'writing', left_s: null });
    expect(tell({ fetching: { uptimeS: 999, activity: { kind: 'looking' } } }).state.kind).toBe('checking');
  });
  it('nothing of a program that has been killed', () => {
    const fetching = { uptimeS: 1_000 - SILENCE_S, activity: installing };
    expect(tell({ fetching }).state.kind).toBe('idle');
  });
  it('what was ordered, before its program says anything', () => {
    expect(tell({}, { kind: 'looking' }).state.kind).toBe('checking');
    expect(tell({ fetching: { uptimeS: 999, activity: installing } }, { kind: 'looking' }).state.kind).toBe(
      'installing',
    );
  });
  it('when it looked last, and why it found nothing', () => {
    expect(tell({ lookEnded: { at: AT, version: 2, obstacle: undefined } }).checked).toEqual({
      at: AT,
      reason: null,
    });
    expect(tell({ lookEnded: { at: AT, version: undefined, obstacle: 'no-connection' } }).checked).toEqual({
      at: AT,
      reason: obstacleSentence('no-connection'),
    });
  });
  it('how the last update ended', () => {
    const last = { version: 2, at: AT, outcome: 'rolled-back', obstacle: undefined } as const;
    const remembered = facts({ record: { pending: undefined, floor: 1, failed: [2], last } });
    expect(tell({ facts: remembered }).last).toEqual({
      version: '2',
      at: AT,
      outcome: 'rolled-back',
      reason: lastSentence(last),
    });
    const failed = { at: LATER, version: 3, obstacle: 'interrupted' } as const;
    expect(tell({ facts: remembered, fetchEnded: failed }).last).toMatchObject({
      version: '3',
      outcome: 'refused',
    });
    expect(tell({ facts: remembered, fetchEnded: { ...failed, at: AT } }).last?.version).toBe('2');
    expect(tell({ facts: remembered, fetchEnded: { ...failed, obstacle: undefined } }).last?.version).toBe(
      '2',
    );
    expect(tell({ facts: remembered, fetchEnded: { ...failed, version: undefined } }).last?.version).toBe(
      '2',
    );
    expect(tell({ fetchEnded: failed }).last?.reason).toBe(obstacleSentence('interrupted'));
  });
});

describe('the sentences', () => {
  it('are whole, for each obstacle, and say what to do or that nothing was changed', () => {
    const sentences = OBSTACLES.map(obstacleSentence);
    expect(new Set(sentences).size).toBe(OBSTACLES.length);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].{30,}\.$/);
  });
  it('have nothing to explain when all went well', () => {
    expect(lastSentence({ version: 2, at: AT, outcome: 'installed', obstacle: undefined })).toBeNull();
    expect(lastSentence({ version: 2, at: AT, outcome: 'rolled-back', obstacle: undefined })).toContain(
      'Version 2',
    );
  });
});
