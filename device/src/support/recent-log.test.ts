import { expect, it } from 'vitest';
import { FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { leavingFields, RecentLog } from './recent-log.ts';

it('keeps events, numbers and words of ours; no sentence, name, path or address', () => {
  expect(
    leavingFields({
      code: 'ledger_unavailable',
      state: 'ready',
      duration_ms: 12.5,
      is_own: true,
      signal: 'SIGKILL',
      version: '0.1.0',
      reason: 'ENOENT: /home/ada/x',
      origin: 'http://192.168.1.20:8831',
      model: 'ada-private',
      alert: 'engine-failed:ada-private',
      nothing: null,
      missing: undefined,
      bad: Number.NaN,
      'planted name': 1,
      at: 5,
    }),
  ).toEqual({
    code: 'ledger_unavailable',
    state: 'ready',
    duration_ms: 12.5,
    is_own: true,
    signal: 'SIGKILL',
    version: '0.1.0',
  });
  for (const word of ['Ada', 'a b', '/etc', '10.0.0.1', 'a'.repeat(60)])
    expect(leavingFields({ code: word, state: word, version: `${word}x`, constructor: word })).toEqual({});
});

it('passes every line on as it is, and keeps the last 500 that are more than chatter', () => {
  const log = memoryLog();
  const recent = new RecentLog(log, new FakeClock());
  for (let i = 0; i < 600; i += 1) recent.info('test.counted', { i, reason: 'words' });
  recent.debug('test.chatter');
  recent.warn('a planted sentence as an event');
  recent.error('test.last', { code: 'internal' });
  expect(log.lines).toHaveLength(603);
  expect(log.lines[0]).toContain('"reason":"words"');
  const lines = recent.lines();
  expect(lines).toHaveLength(500);
  expect(lines[0]).toEqual({ at: '2026-01-01T00:00:00.000Z', level: 'info', event: 'test.counted', i: 101 });
  expect(lines.at(-1)).toMatchObject({ level: 'error', event: 'test.last', code: 'internal' });
});
