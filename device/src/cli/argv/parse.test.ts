import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  nearest,
  parseCount,
  parseDuration,
  parseEndpoint,
  parsePublicKey,
  parseSetupToken,
  stripOneNewline,
} from './parse.ts';

describe('durations', () => {
  test.each([
    ['1s', 1000],
    ['90s', 90_000],
    ['30d', 30 * 86_400_000],
    ['1d12h', 36 * 3_600_000],
    ['2w', 14 * 86_400_000],
    ['1w2d3h4m5s', 788_645_000],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each([
    '',
    '0s',
    '30',
    'd',
    '30 d',
    '-1d',
    '1.5h',
    '12h1d',
    '1d1d',
    '4000d',
    '99999999999d',
    '1e3s',
    '30D',
  ])('%j is none', (text) => expect(parseDuration(text)).toBeUndefined());

  test('any text gives undefined or a time within bounds', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = parseDuration(text);
        return ms === undefined || (ms >= 1000 && ms <= 3653 * 86_400_000);
      }),
    );
  });
});

describe('counts', () => {
  test.each([
    ['1', 1],
    ['600', 600],
    ['1_000', 1000],
    ['50k', 50_000],
    ['2M', 2_000_000],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('%s is %d', (text, count) => expect(parseCount(text)).toBe(count));

  test.each([
    '',
    '0',
    '-1',
    '1.5',
    '1e3',
    '0x10',
    ' 1',
    '1_00',
    '_1',
    '9007199254740992',
    '9007199254740991M',
    '٣',
  ])('%j is none', (text) => expect(parseCount(text)).toBeUndefined());
});

test('a public key is 64 hex digits in either case', () => {
  expect(parsePublicKey(`${'AB'.repeat(32)}\n`)).toBe('ab'.repeat(32));
  expect(parsePublicKey('ab'.repeat(31))).toBeUndefined();
  expect(parsePublicKey('zz'.repeat(32))).toBeUndefined();
});

test('a setup token is taken out of a link, or left as it is', () => {
  expect(parseSetupToken('http://127.0.0.1:8831/setup/#token=abc-DEF_1\n')).toBe('abc-DEF_1');
  expect(parseSetupToken('https://b3iq-n7k4.local/setup/#step=claim&token=abc&x=1')).toBe('abc');
  expect(parseSetupToken('  7KQ2-MX9P\r\n')).toBe('7KQ2-MX9P');
});

test('only one newline at the end is no part of a secret', () => {
  expect(stripOneNewline('secret\n')).toBe('secret');
  expect(stripOneNewline('secret\r\n')).toBe('secret');
  expect(stripOneNewline('secret\n\n')).toBe('secret\n');
  expect(stripOneNewline(' se\ncret ')).toBe(' se\ncret ');
});

test('an endpoint is http or https, without credentials, and ends in /v1', () => {
  expect(parseEndpoint('http://127.0.0.1:8831')).toBe('http://127.0.0.1:8831/v1');
  expect(parseEndpoint('http://127.0.0.1:8831/v1/')).toBe('http://127.0.0.1:8831/v1');
  expect(parseEndpoint('https://host/b3iq')).toBe('https://host/b3iq/v1');
  for (const text of ['', 'ftp://x', 'file:///etc/passwd', 'http://a:b@host', 'http://host/?q', 'host:8831'])
    expect(parseEndpoint(text)).toBeUndefined();
});

test('the nearest word is guessed within two slips', () => {
  expect(nearest('recepts', ['receipts', 'run'])).toBe('receipts');
  expect(nearest('zzz', ['receipts', 'run'])).toBeUndefined();
  expect(nearest('x'.repeat(10_000), ['run'])).toBeUndefined();
});
