import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ToolCallEvent, type ToolCallFormat, ToolCallParser, toolCallFormatOf } from './tool-calls.ts';

const NAMES = new Set(['weather', 'clock']);
const format = (template: string): ToolCallFormat => {
  const found = toolCallFormatOf(template);
  if (found === undefined) throw new Error('no format');
  return found;
};
const HERMES = format('{% if tools %}<tool_call>');
const MISTRAL = format('{% if tools %}[TOOL_CALLS]');
const LLAMA3 = format('{% if tools %}{"name": x, "parameters": y} ipython');

/** All events with neighbouring texts joined. */
function parse(kind: ToolCallFormat, pieces: readonly string[], isForced = false): ToolCallEvent[] {
  const parser = new ToolCallParser(kind, NAMES, isForced);
  const events = [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
  const joined: ToolCallEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (event.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = { kind: 'text', text: last.text + event.text };
    else joined.push(event);
  }
  return joined;
}
const text = (value: string): ToolCallEvent => ({ kind: 'text', text: value });
const call = (name: string, json: string): ToolCallEvent => ({ kind: 'call', name, arguments: json });

test.each([
  ['{% if tools %}<tool_call>', 'hermes'],
  ['{% if tools %}[TOOL_CALLS]', 'mistral'],
  ['{% if tools %}"parameters" ipython', 'llama3'],
  ['{% if tools %}<tool_call><function=name>', undefined],
  ['{% if tools %}in prose', undefined],
  ['no place for them', undefined],
])('the template %s teaches %s', (template, id) => {
  expect(toolCallFormatOf(template)?.id).toBe(id);
});

const HERMES_CASES: readonly (readonly [string, string, ToolCallEvent[]])[] = [
  ['only text', 'Hello <tool> there \n', [text('Hello <tool> there \n')]],
  ['one call', '<tool_call>\n{"name": "clock", "arguments": {}}\n</tool_call>', [call('clock', '{}')]],
  [
    'text and two calls',
    'I look.\n<tool_call>{"name":"weather","arguments":{"city":"Rome"}}</tool_call>\n<tool_call>{"name":"clock"}</tool_call>\n',
    [text('I look.'), call('weather', '{"city":"Rome"}'), call('clock', '{}')],
  ],
  [
    'text after a call',
    '<tool_call>{"name":"clock","arguments":{}}</tool_call>\n\nDone. \n',
    [call('clock', '{}'), text('Done. \n')],
  ],
  [
    'the closing mark inside an argument',
    '<tool_call>{"name":"weather","arguments":{"city":"</tool_call>"}}</tool_call>',
    [call('weather', '{"city":"</tool_call>"}')],
  ],
  ['a call cut before its closing mark', '<tool_call>{"name":"clock","arguments":{}}', [call('clock', '{}')]],
  [
    'arguments as text',
    '<tool_call>{"name":"clock","arguments":"{\\"a\\":1}"}</tool_call>',
    [call('clock', '{"a":1}')],
  ],
  [
    'a tool nobody offered',
    '<tool_call>{"name":"rm","arguments":{}}</tool_call>',
    [text('<tool_call>{"name":"rm","arguments":{}}</tool_call>')],
  ],
  ['a body that is no JSON', 'a<tool_call>{"name": cl', [text('a<tool_call>{"name": cl')]],
  [
    'a name that is no text',
    '<tool_call>{"name":1}</tool_call>',
    [text('<tool_call>{"name":1}</tool_call>')],
  ],
  ['a body that is no object', '<tool_call>null</tool_call>', [text('<tool_call>null</tool_call>')]],
  ['half an opening mark at the end', 'so <tool_ca', [text('so <tool_ca')]],
];

test.each(HERMES_CASES)('%s is read', (_title, answer, events) => {
  expect(parse(HERMES, [answer])).toEqual(events);
});

test('however an answer is cut into pieces, the same is read', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...HERMES_CASES),
      fc.array(fc.nat(80), { maxLength: 20 }),
      ([, answer, events], cuts) => {
        const places = [...new Set([0, ...cuts.filter((cut) => cut < answer.length), answer.length])].sort(
          (a, b) => a - b,
        );
        const pieces = places.slice(1).map((end, at) => answer.slice(places[at], end));
        expect(parse(HERMES, pieces)).toEqual(events);
      },
    ),
  );
});

test('whatever a model writes, the parser loses nothing but marks and never throws', () => {
  const part = fc.constantFrom(
    '<tool_call>',
    '</tool_call>',
    '{"name":"clock"}',
    '{',
    '"',
    'x',
    ' ',
    '\n',
    '<',
    '[TOOL_CALLS]',
  );
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 20 }),
      fc.constantFrom(HERMES, MISTRAL, LLAMA3),
      (parts, kind) => {
        const events = parse(kind, parts);
        if (events.every((event) => event.kind === 'text')) {
          const all = events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
          expect(all.replace(/\s/g, '')).toBe(parts.join('').replace(/\s/g, ''));
        }
      },
    ),
  );
});

test('Mistral’s list and Llama’s bare object are calls too', () => {
  expect(
    parse(MISTRAL, [
      '[TOOL_CALLS][{"name":"clock","arguments":{}},',
      '{"name":"weather","arguments":{"city":"Bonn"}}]',
    ]),
  ).toEqual([call('clock', '{}'), call('weather', '{"city":"Bonn"}')]);
  expect(parse(MISTRAL, ['[TOOL_CALLS][]'])).toEqual([text('[TOOL_CALLS][]')]);
  expect(parse(LLAMA3, ['{"na', 'me": "weather", "parameters": {"city": "Bonn"}}'])).toEqual([
    call('weather', '{"city":"Bonn"}'),
  ]);
  expect(parse(LLAMA3, ['{"name" is how JSON begins'])).toEqual([text('{"name" is how JSON begins')]);
});

test('a forced call is a call from its first letter, also when it is cut', () => {
  expect(parse(HERMES, ['{"name": "clock", "arguments": {"a": 1}}'], true)).toEqual([
    call('clock', '{"a":1}'),
  ]);
  expect(parse(HERMES, ['{"name": "clock", "arg', 'uments": {"a": '], true)).toEqual([
    call('clock', '{"a": '),
  ]);
  expect(parse(HERMES, ['{"name": "clock"'], true)).toEqual([call('clock', '')]);
  expect(parse(HERMES, ['{"na'], true)).toEqual([text('{"na')]);
  expect(parse(HERMES, [], true)).toEqual([]);
});
