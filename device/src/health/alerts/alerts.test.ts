import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeGpu } from '../gpu/fake.ts';
import { fakeMachineReading } from '../machine/fake.ts';
import type { MachineReading } from '../machine/types.ts';
import { judgeMinute } from './judge.ts';
import { MAX_ALERTS, NO_ALERTS, stepAlerts, toldAlerts } from './state.ts';
import type { AlertState, EngineObservation, Finding, Observation, Verdict } from './types.ts';

const NOW = Date.UTC(2026, 10, 22);
const GB = 1000 ** 3;
const engine: EngineObservation = {
  engine: 'm',
  label: 'Model M',
  isForeign: false,
  isFailed: false,
  isCardGone: false,
  reason: undefined,
  recentRestarts: 0,
};
const seen = (machine: Partial<MachineReading> = {}, rest: Partial<Observation> = {}): Observation => ({
  nowMs: NOW,
  latestKnownMs: NOW - 60_000,
  machine: fakeMachineReading(machine),
  diskDaysLeft: undefined,
  engines: [engine],
  ...rest,
});
const one = (id: string, observation: Observation, on: 'host' | 'appliance' = 'host') =>
  judgeMinute(observation, on).find((verdict) => verdict.id === id);
const cpu = (temperatureC: number | undefined, criticalC?: number) =>
  seen({ cpu: { temperatureC, criticalC, loadPercent: 5 } });
const disk = (freeGb: number, totalGb: number, days?: number) =>
  seen({ disk: { freeBytes: freeGb * GB, totalBytes: totalGb * GB } }, { diskDaysLeft: days });

describe('a minute judged', () => {
  it('has nothing bad on a machine that is well, and nothing of what cannot be read', () => {
    const verdicts = judgeMinute(seen(), 'host');
    expect(verdicts.map(({ id, finding }) => `${id} ${finding}`)).toEqual([
      'overheating:cpu good',
      'overheating:0000:03:00.0 good',
      'throttling:0000:03:00.0 good',
      'disk-filling good',
      'engine-flapping:m good',
      'engine-failed:m good',
      'clock-wrong good',
    ]);
    const blind = seen({
      cpu: { temperatureC: undefined, criticalC: undefined, loadPercent: undefined },
      disk: { freeBytes: undefined, totalBytes: undefined },
      gpus: undefined,
    });
    expect(judgeMinute({ ...blind, engines: [], latestKnownMs: undefined }, 'host')).toHaveLength(1);
  });

  it.each([
    [cpu(94.9), 'between'],
    [cpu(95), 'bad'],
    [cpu(89.9), 'good'],
    [cpu(84, 90), 'between'],
    [cpu(85, 90), 'bad'],
  ] as const)('takes heat by the maker’s limit, else by a usual one', (observation, finding) => {
    expect(one('overheating:cpu', observation)?.finding).toBe(finding);
  });

  it('goes by the hottest point of a card, and is critical where its maker says so', () => {
    const at = (rest: Parameters<typeof fakeGpu>[0]) =>
      one('overheating:0000:03:00.0', seen({ gpus: [fakeGpu(rest)] }));
    expect(at({ hotspotC: 106 })).toMatchObject({ finding: 'bad', severity: 'warning' });
    expect(at({ hotspotC: 110 })).toMatchObject({ finding: 'bad', severity: 'critical' });
    const bare = { hotspotC: undefined, criticalC: undefined };
    expect(at({ ...bare, temperatureC: 88 })).toMatchObject({ finding: 'bad', severity: 'warning' });
    expect(at({ ...bare, temperatureC: undefined })).toBeUndefined();
  });

  it('does not call holding a power budget a fault', () => {
    const at = (throttled: Parameters<typeof fakeGpu>[0]) =>
      one('throttling:0000:03:00.0', seen({ gpus: [fakeGpu(throttled)] }));
    expect(at({ throttled: ['power-limit'] })?.finding).toBe('good');
    expect(at({ throttled: ['heat', 'power-limit'] })?.title).toContain('because of heat');
    expect(at({ throttled: ['heat', 'power-supply'] })?.title).toContain('power supply');
    expect(at({ throttled: undefined })).toBeUndefined();
  });

  it.each([
    [disk(51, 2_000), 'between', 'warning'],
    [disk(50, 2_000), 'bad', 'warning'],
    [disk(63, 2_000), 'good', 'warning'],
    [disk(4.9, 64), 'bad', 'warning'],
    [disk(0.9, 64), 'bad', 'critical'],
    [disk(500, 2_000, 7), 'bad', 'warning'],
    [disk(500, 2_000, 9), 'between', 'warning'],
    [disk(500, 2_000, 11), 'good', 'warning'],
  ] as const)('knows a disk that fills', (observation, finding, severity) => {
    expect(one('disk-filling', observation)).toMatchObject({ finding, severity });
  });

  it('says how long a disk lasts only when that is known', () => {
    expect(one('disk-filling', disk(40, 2_000))?.title).toBe('The disk has only 40 GB left.');
    expect(one('disk-filling', disk(3.21, 2_000, 3.4))?.title).toBe(
      'The disk has 3.2 GB left and fills up: full in about 3 days.',
    );
    expect(one('disk-filling', disk(3, 2_000, 0.2))?.title).toContain('less than a day');
    expect(one('disk-filling', disk(3, 2_000, 1.2))?.title).toContain('about a day.');
  });

  it('tells an engine that comes and goes from one that never comes', () => {
    const at = (rest: Partial<EngineObservation>) => seen({}, { engines: [{ ...engine, ...rest }] });
    expect(one('engine-flapping:m', at({ recentRestarts: 2 }))?.finding).toBe('between');
    const flapping = one('engine-flapping:m', at({ recentRestarts: 4, reason: 'It ran out of memory.' }));
    expect(flapping).toMatchObject({ finding: 'bad', title: expect.stringContaining('4 times') });
    expect(flapping?.meaning).toContain('It ran out of memory.');
    expect(one('engine-failed:m', at({ isFailed: true }))?.finding).toBe('bad');
    const lost = one(
      'engine-failed:m',
      at({ isFailed: true, isCardGone: true, reason: 'The graphics card X is gone.' }),
    );
    expect(lost?.title).toMatch(/has lost its graphics card\.$/);
    expect(lost?.meaning).toContain('The graphics card X is gone.');
    expect(lost?.action).toContain('power cable');
    const away = one('engine-failed:m', at({ isFailed: true, isForeign: true, label: 'box' }));
    expect(away?.title).toBe('The engine box does not answer.');
    const unsteady = one('engine-flapping:m', at({ recentRestarts: 9, isForeign: true, label: 'box' }));
    expect(unsteady?.title).toBe('The engine box went away 9 times within a quarter of an hour.');
  });

  it('does not believe a clock before this program, far after it, or before what it has written down', () => {
    const at = (nowMs: number, latestKnownMs?: number) =>
      one('clock-wrong', seen({}, { nowMs, latestKnownMs }))?.finding;
    expect(at(0)).toBe('bad');
    expect(at(Date.UTC(2101, 0, 1))).toBe('bad');
    expect(at(NOW, NOW + 4 * 60_000)).toBe('good');
    expect(at(NOW, NOW + 6 * 60_000)).toBe('bad');
    expect(at(NOW)).toBe('good');
  });

  it('says what happened, what it means and what to do, in whole sentences, for whoever reads it', () => {
    const bad = seen(
      {
        cpu: { temperatureC: 101, criticalC: 100, loadPercent: 1 },
        gpus: [fakeGpu({ hotspotC: 120, throttled: ['power-supply'] })],
        disk: { freeBytes: GB, totalBytes: GB },
      },
      { nowMs: 0, engines: [{ ...engine, isFailed: true, recentRestarts: 9 }] },
    );
    for (const on of ['host', 'appliance'] as const)
      for (const { finding, title, meaning, action } of judgeMinute(bad, on)) {
        expect(finding).toBe('bad');
        for (const text of [title, meaning, action]) expect(text).toMatch(/^[A-Z][^\n]{10,300}[.]$/);
        if (on === 'appliance') expect(action).not.toMatch(/\blog\b|driver|this computer|terminal/);
      }
  });
});

describe('warnings over time', () => {
  const verdict = (finding: Finding, rest: Partial<Verdict> = {}): Verdict => ({
    id: 'overheating:cpu',
    kind: 'overheating',
    severity: 'warning',
    title: 'T',
    meaning: 'M',
    action: 'A',
    finding,
    ...rest,
  });
  /** Runs minutes: `b` bad, `g` good, `-` between, `.` not looked at. Gives each raise and end by its minute. */
  function run(minutes: string, rest: Partial<Verdict> = {}, from: AlertState = NO_ALERTS, start = 0) {
    let state = from;
    const events: string[] = [];
    for (const [index, mark] of [...minutes].entries()) {
      const finding = ({ b: 'bad', g: 'good', '-': 'between' } as const)[mark];
      const step = stepAlerts(
        state,
        finding === undefined ? [] : [verdict(finding, rest)],
        NOW + (start + index) * 60_000,
      );
      ({ state } = step);
      for (const _ of step.raised) events.push(`raised ${start + index}`);
      for (const _ of step.gone) events.push(`gone ${start + index}`);
    }
    return { events, state };
  }

  it('are raised when it lasts, stay through short relief, and go when it is over', () => {
    expect(run('bbgb--b').events).toEqual(['raised 6']);
    expect(run('bbb').events).toEqual(['raised 2']);
    expect(run('bbbggggbgggg').events).toEqual(['raised 2']);
    expect(run('bbb-------ggggg').events).toEqual(['raised 2', 'gone 14']);
  });

  it('keep the words of the last bad minute', () => {
    const first = run('bbb', { title: '96 °C' });
    const hotter = run('b', { title: '99 °C', severity: 'critical' }, first.state, 3);
    const cooling = run('gg', { title: '60 °C' }, hotter.state, 4);
    expect(toldAlerts(cooling.state)).toMatchObject([
      {
        verdict: { title: '99 °C', severity: 'critical' },
        raisedAtMs: NOW + 2 * 60_000,
        goneAtMs: undefined,
      },
    ]);
  });

  it('that come back within an hour are the same one, counted; later they are new', () => {
    const back = run('bbbggggg' + 'bbb', {});
    expect(toldAlerts(back.state)).toMatchObject([{ raisedAtMs: NOW + 2 * 60_000, times: 2 }]);
    const later = run('bbb', {}, run('bbbggggg').state, 100);
    expect(toldAlerts(later.state)).toMatchObject([{ raisedAtMs: NOW + 102 * 60_000, times: 1 }]);
  });

  it('are forgotten a day after they went, and a part that is gone is no warning for long', () => {
    const { state } = run('bbbggggg');
    expect(toldAlerts(stepAlerts(state, [], NOW + 20 * 3_600_000).state)).toHaveLength(1);
    expect(stepAlerts(state, [], NOW + 25 * 3_600_000).state.size).toBe(0);
    expect(run(`bbb${'.'.repeat(14)}`).events).toEqual(['raised 2']);
    expect(run(`bbb${'.'.repeat(15)}`).events).toEqual(['raised 2', 'gone 17']);
  });

  it('show standing ones first and newest first, and never more than a page', () => {
    const many = Array.from({ length: 80 }, (_, i) =>
      verdict('bad', { id: `clock-wrong:${i}`, kind: 'clock-wrong' }),
    );
    const { state } = stepAlerts(NO_ALERTS, many, NOW);
    expect(toldAlerts(state)).toHaveLength(MAX_ALERTS);
    const a = verdict('bad', { id: 'a', kind: 'clock-wrong' });
    const b = verdict('bad', { id: 'b', kind: 'clock-wrong' });
    const both = stepAlerts(stepAlerts(NO_ALERTS, [a], NOW).state, [a, b], NOW + 1).state;
    const left = stepAlerts(both, [a, { ...b, finding: 'good' }], NOW + 2).state;
    expect(toldAlerts(both).map(({ verdict: { id } }) => id)).toEqual(['b', 'a']);
    expect(toldAlerts(left).map(({ verdict: { id } }) => id)).toEqual(['a', 'b']);
  });

  it('never storm: whatever happens, one cause is raised at most every eighth minute', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('b', 'g', '-', '.'), minLength: 20, maxLength: 200 }),
        (minutes) => {
          const raised = run(minutes).events.filter((event) => event.startsWith('raised'));
          expect(raised.length).toBeLessThanOrEqual(Math.ceil(minutes.length / 8));
        },
      ),
    );
  });
});
