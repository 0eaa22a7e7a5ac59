import { expect, test } from 'vitest';
import { sha256Of } from './fixtures/model-file.ts';
import { judgeAddress } from './judge.ts';
import { freeName, nameOf, parseChunkMap, parseContentRange, parseInstallRecord } from './parse.ts';
import { isLost, MOST_MODEL_BYTES, missingRoom, pauseAfter, planAnswer, SPARE_BYTES } from './plan.ts';
import { allows, rateOf, type Sample, secondsLeft, withSample } from './state.ts';
import { OBSTACLES, type Phase } from './types.ts';
import { sentenceOf } from './words.ts';

const sha256 = sha256Of(Buffer.from('x'));
const at = (offset: number, validator?: string) => ({ offset, totalBytes: 1_000, validator });
const known = (validator?: string) => ({ totalBytes: 1_000, validator });

test('the same version goes on where it ended, and what is here already is skipped', () => {
  expect(planAnswer(400, known('"a"'), {}, at(400, '"a"'))).toEqual({ kind: 'append', skipBytes: 0 });
  expect(planAnswer(400, known('"a"'), {}, at(0, '"a"'))).toEqual({ kind: 'append', skipBytes: 400 });
  expect(planAnswer(0, undefined, {}, at(0))).toEqual({ kind: 'append', skipBytes: 0 });
});

test('another version is never appended, unless each part proves itself', () => {
  expect(planAnswer(400, known('"a"'), {}, at(0, '"b"'))).toEqual({ kind: 'start-over' });
  expect(planAnswer(400, known('"a"'), { sha256 }, at(400, '"b"'))).toEqual({ kind: 'ask-from-start' });
  expect(planAnswer(400, known('"a"'), { sha256, chunkSha256: [sha256] }, at(400, '"b"')).kind).toBe(
    'append',
  );
  expect(planAnswer(400, { totalBytes: 999 }, { sha256 }, at(0)).kind).toBe('start-over');
  expect(planAnswer(400, undefined, { sha256 }, at(400)).kind).toBe('ask-from-start');
});

test('where nobody tells versions apart, only a hash known before lets it go on', () => {
  expect(planAnswer(400, known(), {}, at(400)).kind).toBe('ask-from-start');
  expect(planAnswer(400, known(), {}, at(0)).kind).toBe('start-over');
  expect(planAnswer(400, known(), { sha256 }, at(400)).kind).toBe('append');
});

test('sizes that cannot be stop it, and a gap is never left', () => {
  const stops = (totalBytes: number, sizeBytes?: number) =>
    planAnswer(0, undefined, { sizeBytes }, { offset: 0, totalBytes });
  expect(stops(0)).toMatchObject({ failure: { obstacle: 'not-a-model' } });
  expect(stops(MOST_MODEL_BYTES + 1)).toMatchObject({ failure: { obstacle: 'too-large' } });
  expect(stops(5, 6)).toMatchObject({ failure: { obstacle: 'other-size' } });
  expect(planAnswer(400, known('"a"'), {}, at(500, '"a"'))).toEqual({ kind: 'ask-from-start' });
});

test('room is what is left to fetch and what others need; pauses grow and end', () => {
  expect(missingRoom(10, SPARE_BYTES + 10)).toBe(0);
  expect(missingRoom(10, SPARE_BYTES + 3)).toBe(7);
  expect([0, 1, 4, 9].map(pauseAfter)).toEqual([3_000, 6_000, 48_000, 96_000]);
});

test('every obstacle has whole sentences and says what is kept or deleted', () => {
  for (const obstacle of OBSTACLES) {
    expect(sentenceOf({ obstacle })).toMatch(/^[A-Z].*\.$/);
    expect(sentenceOf({ obstacle, detail: 'The gate speaks.' })).toMatch(/^The gate speaks\. [A-Z]/);
    expect(isLost(obstacle)).toBe(!/kept/.test(sentenceOf({ obstacle })));
  }
});

test('a verb is allowed where it means something', () => {
  const phases: Phase[] = ['waiting', 'fetching', 'retrying', 'checking', 'paused', 'failed'];
  expect(phases.filter((phase) => allows(phase, 'pause'))).toEqual(phases.slice(0, 4));
  expect(phases.filter((phase) => allows(phase, 'resume'))).toEqual(['paused', 'failed']);
  expect(phases.filter((phase) => allows(phase, 'cancel'))).toEqual(phases);
});

test('a rate follows the last ten seconds, shows a line that stands still, and forgets a start over', () => {
  let samples: readonly Sample[] = [];
  expect(rateOf(samples, 0)).toBeUndefined();
  for (let ms = 0; ms <= 20_000; ms += 100) samples = withSample(samples, { atMs: ms, bytes: ms * 5 });
  expect(samples.length).toBeLessThan(60);
  expect(rateOf(samples, 20_000)).toBeGreaterThan(4_900);
  expect(rateOf(samples, 30_000)).toBeLessThan(3_000);
  expect(rateOf(withSample(samples, { atMs: 20_500, bytes: 0 }), 20_600)).toBeUndefined();
  expect(rateOf(withSample(samples, { atMs: 90_000, bytes: 150_000 }), 90_000)).toBe(713);
  expect(secondsLeft(10_000, 5_000)).toBe(2);
  expect(secondsLeft(1, 5_000)).toBe(1);
  expect(secondsLeft(1, 0)).toBeUndefined();
  expect(secondsLeft(1, undefined)).toBeUndefined();
});

test('names come from addresses and paths, however they look', () => {
  expect(nameOf('https://a.example/m/Qwen3-8B-Q4_K_M.gguf?download=true')).toBe('qwen3-8b-q4_k_m');
  expect(nameOf('/media/stick/My%20Model (1).GGUF')).toBe('my-model-1');
  expect(nameOf('https://a.example/')).toBe('model');
  expect(nameOf('/a/%E0%A4%A')).toBe('e0-a4-a');
  expect(freeName(nameOf('/a/b'), new Set(['b', 'b-2']))).toBe('b-3');
});

test('damaged records and maps give what is sound of them and no more', () => {
  expect(parseChunkMap(`${sha256}\n${sha256}\n${sha256.slice(0, 9)}`)).toHaveLength(2);
  expect(parseChunkMap(`${sha256}\nnonsense\n${sha256}\n`)).toHaveLength(1);
  expect(parseInstallRecord('{')).toBeUndefined();
  expect(parseInstallRecord('{"id":"ins_0"}')).toBeUndefined();
  expect(parseContentRange('bytes 200-999/1000')).toEqual({ offset: 200, totalBytes: 1_000 });
  for (const wrong of ['bytes 200-999/*', 'bytes */5', undefined, ['bytes 0-1/2']])
    expect(parseContentRange(wrong)).toBeUndefined();
});

test('http is for this computer alone, and only where that was said', () => {
  const test = { isLoopbackAllowed: true };
  const real = { isLoopbackAllowed: false };
  expect(judgeAddress('https://a.example/m.gguf#x', real)).toMatchObject({ kind: 'allowed' });
  for (const host of ['127.0.0.1:1', '[::1]', 'localhost'])
    expect([
      judgeAddress(`http://${host}/m`, test).kind,
      judgeAddress(`http://${host}/m`, real).kind,
    ]).toEqual(['allowed', 'refused']);
  for (const wrong of [
    'http://127.0.0.1.example/m',
    'http://a.example/',
    'https://a:b@c.example/',
    'x',
    `https://a/${'x'.repeat(2_000)}`,
  ])
    expect(judgeAddress(wrong, test).kind).toBe('refused');
});
