import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMAND_LIST } from '../argv/commands.ts';
import { planCommand } from '../argv/plan.ts';
import { bashCompletion, helpData, helpText, nearestTopic } from './help.ts';
import { displayWidth, facts, table } from './table.ts';
import {
  bytes,
  clipped,
  grouped,
  idTail,
  milliseconds,
  plural,
  printable,
  relativeTime,
  shortIds,
  span,
} from './words.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const ago = (seconds: number) => relativeTime(new Date(NOW - seconds * 1000).toISOString(), NOW);

test('times are told from now', () => {
  expect(ago(0)).toBe('just now');
  expect(ago(45)).toBe('45 s ago');
  expect(ago(200)).toBe('3 min ago');
  expect(ago(7200)).toBe('2 h ago');
  expect(ago(5 * 86_400)).toBe('5 days ago');
  expect(ago(-5 * 86_400)).toBe('in 5 days');
  expect(ago(90 * 86_400)).toBe('2026-08-24');
  expect(relativeTime('\u001b[31mnever', NOW)).toBe('[31mnever');
  expect(span(0)).toBe('0 s');
});

test('numbers, sizes and durations have their separators and units', () => {
  expect(grouped(1_234_567)).toBe('1,234,567');
  expect(plural(1, 'batch', 'batches')).toBe('1 batch');
  expect(plural(1200, 'key')).toBe('1,200 keys');
  expect(bytes(512)).toBe('512 B');
  expect(bytes(2_300_000)).toBe('2.2 MiB');
  expect(bytes(17_179_869_184)).toBe('16.0 GiB');
  expect(milliseconds(830.4)).toBe('830 ms');
  expect(milliseconds(12_345)).toBe('12.3 s');
});

describe('text from outside', () => {
  test('loses what a terminal would act on', () => {
    expect(printable('a\u001b]0;evil\u0007b\u009b2J')).toBe('a]0;evilb2J');
    expect(printable('one\ntwo\tthree')).toBe('one two three');
    expect(printable('one\r\n\ttwo', true)).toBe('one\n\ttwo');
    expect(printable('abc\u202etxt.exe\u2066')).toBe('abctxt.exe');
    expect(printable('Grüße 你好 👋')).toBe('Grüße 你好 👋');
  });
  test('never keeps a control character', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 0x20ff })).map((points) => String.fromCodePoint(...points)),
        (text) => !/\p{Cc}/u.test(printable(text)),
      ),
    );
  });
  test('is cut by characters, not halves of them', () => expect(clipped('👋👋👋', 2)).toBe('👋…'));
});

describe('short ids', () => {
  test('grow until they differ', () => {
    const short = shortIds(['key_AAAAAAAAAAAAAAA1', 'key_AAAAAAAAAAAAAAA2']);
    expect([...short.values()]).toEqual(['key_AAAAAAAAAAAAAAA1', 'key_AAAAAAAAAAAAAAA2']);
    expect([...shortIds(['key_AAAAAAAAAAAAAAA1', 'key_BAAAAAAAAAAAAAA2']).values()]).toEqual([
      'key_AAAAAAAA',
      'key_BAAAAAAA',
    ]);
    expect(shortIds([`${'x'.repeat(70)}1`, `${'x'.repeat(70)}2`]).size).toBe(2);
  });
  test('of receipts show their end', () => {
    expect(idTail('rcpt_01JD7QABCDEFGHJKMNPQ7F3KQ2')).toBe('rcpt_…7F3KQ2');
    expect(idTail('owner')).toBe('owner');
  });
});

describe('tables', () => {
  test('align words left and numbers right', () => {
    expect(
      table(
        [{ title: 'NAME' }, { title: 'COUNT', align: 'right' }, { title: 'NOTE' }],
        [
          ['a', '1', ''],
          ['long name', '1,234', 'x'],
        ],
      ),
    ).toBe(['NAME       COUNT  NOTE', 'a              1', 'long name  1,234  x'].join('\n'));
  });
  test('stay aligned with wide characters, and one line a row whatever the cells hold', () => {
    const lines = table(
      [{ title: 'NAME' }, { title: 'X' }],
      [
        ['你好', '1'],
        ['a\nb\u001b[2J', '2'],
        ['e\u0301', '3'],
      ],
    ).split('\n');
    expect(lines).toHaveLength(4);
    expect(lines.map((line) => displayWidth(line.slice(0, line.search(/.$/))))).toEqual([8, 8, 8, 8]);
  });
  test('cut long cells', () => {
    expect(table([{ title: 'N', max: 4 }], [['abcdefgh']])).toBe('N\nabc…');
  });
  test('of facts leave out what is not known', () => {
    expect(
      facts([
        ['Name', 'x'],
        ['Owner', undefined],
        ['', 'more'],
      ]),
    ).toBe('Name  x\n      more');
  });
});

describe('help', () => {
  test('names every command, and every example is understood', () => {
    for (const { name, examples } of COMMAND_LIST) {
      expect(helpText('')).toContain(`  ${name} `);
      for (const example of examples) expect(helpText(name)).toContain(example);
    }
  });
  test.each(COMMAND_LIST.flatMap(({ examples }) => examples).filter((line) => line.startsWith('b3iq-host ')))(
    'the example `%s` is a right command line',
    (line) => {
      const plain = line
        .slice('b3iq-host '.length)
        .replace(/ [<>] \S+$/, '')
        .replace(/3b6a27…/, 'ab'.repeat(32));
      const argv = [...plain.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
      expect(planCommand(argv, { stdinIsTTY: true, hasTokenVariable: false })).toMatchObject({
        kind: 'command',
      });
    },
  );
  test('no line is wider than 120 columns', () => {
    for (const topic of ['', ...COMMAND_LIST.map(({ name }) => name)])
      for (const line of (helpText(topic) ?? '').split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
  test('of a group has all its commands; of nothing is nothing', () => {
    expect(helpText('key')).toContain('b3iq-host key revoke');
    expect(helpText('nothing')).toBeUndefined();
    expect(nearestTopic('key lst')).toBe('key list');
    expect(helpData('receipts')).toHaveLength(4);
    expect(helpData('')).toHaveLength(COMMAND_LIST.length);
  });
  test('completion knows every command', () => {
    for (const { name } of COMMAND_LIST) expect(bashCompletion()).toContain(name);
  });
});
