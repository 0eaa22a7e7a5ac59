/** What a benchmark means to somebody who has never heard of a token. Pure. */
import type { BenchmarkExpectation, BenchmarkRun } from '@b3iq/wire/local-api';

/** English words in a token, about. @see https://help.openai.com/en/articles/4936856 */
const WORDS_PER_TOKEN = 0.75;
/** Words an adult reads in a second: 238 a minute. @see Brysbaert 2019, doi.org/10.1016/j.jml.2019.104047 */
const READS_PER_SECOND = 238 / 60;
const WORDS_PER_PAGE = 500;
/** Of what was expected: as much as two measurements of one machine differ. */
const AS_EXPECTED = 0.9;

/** Plain sentences, most important first. */
export function sentencesOf(run: BenchmarkRun, expectation: BenchmarkExpectation | null): readonly string[] {
  const words = run.decode_tokens_per_second * WORDS_PER_TOKEN;
  return [
    `It writes about ${count(words)} words a second: ${pace(words)}.`,
    `An answer begins ${firstWords(run.first_token_ms)}.`,
    `It reads a page of text in about ${duration((WORDS_PER_PAGE / WORDS_PER_TOKEN / run.prefill_tokens_per_second) * 1000)}.`,
    ...together(run),
    ...effort(run),
    ...(run.disturbed
      ? ['Other requests were served meanwhile, so these results are disturbed: alone it is faster.']
      : []),
    ...(run.self_test
      ? ['This is the self-test model: its speed says nothing about models people use.']
      : []),
    expected(run, expectation),
  ];
}

function pace(words: number): string {
  if (words < 0.75 * READS_PER_SECOND) return 'slower than most people read';
  if (words < 1.5 * READS_PER_SECOND) return 'about as fast as most people read';
  if (words < 10 * READS_PER_SECOND) return 'faster than most people read';
  return `a page in ${duration((WORDS_PER_PAGE / words) * 1000)}`;
}

function firstWords(ms: number): string {
  return ms < 300 ? 'at once' : `after about ${duration(ms)}`;
}

/** What is left for each of several people at the most that was tried. */
function together({ concurrency }: BenchmarkRun): readonly string[] {
  const most = concurrency.at(-1);
  if (most === undefined || most.streams < 2) return [];
  const each = (most.tokens_per_second / most.streams) * WORDS_PER_TOKEN;
  return [`With ${most.streams} people at once each gets about ${count(each)} words a second.`];
}

function effort({ temperature_c: celsius, power_w: watts }: BenchmarkRun): readonly string[] {
  const parts = [
    ...(celsius === null ? [] : [`reached ${Math.round(celsius)} °C`]),
    ...(watts === null ? [] : [`its graphics drew up to ${Math.round(watts)} W`]),
  ];
  return parts.length === 0 ? [] : [`The machine ${parts.join(' and ')}.`];
}

function expected(run: BenchmarkRun, expectation: BenchmarkExpectation | null): string {
  if (expectation === null)
    return 'No expectation is published for this machine and model, so there is nothing to hold it against.';
  const share = run.decode_tokens_per_second / expectation.decode_tokens_per_second;
  const percent = `${Math.round(share * 100)} % of what ${expectation.source} expects`;
  return share >= AS_EXPECTED
    ? `That is ${percent}: as it should be.`
    : `That is ${percent}: less than it should be.`;
}

/** 0.42 → `0.4`, 6.3 → `6`, 43 → `45`, 1,234 → `1,200`: as rough as the rule it comes from. */
function count(value: number): string {
  if (value < 1) return value.toFixed(1);
  if (value < 20) return String(Math.round(value));
  const step = value < 100 ? 5 : 10 ** (Math.floor(Math.log10(value)) - 1);
  return (Math.round(value / step) * step).toLocaleString('en-US');
}

/** `0.3 s`, `12 s`, `4 minutes`; nobody sees less than a tenth of a second. */
function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 0.1) return '0.1 s';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return `${Math.round(seconds / 60)} minutes`;
}
