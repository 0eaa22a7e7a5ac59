import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGuard } from './guard.ts';

const CONTROLS = ['<|im_start|>', '<|im_end|>', '</s>', '[INST]', 'x'];
const MARK = '\ufdd0\ufdd1\ufdd2';
const guard = createGuard(CONTROLS, MARK);
const holdsControl = (text: string) => CONTROLS.some((name) => name.length > 1 && text.includes(name));

test('text without control tokens is not touched', () => {
  const value = { content: 'a < b, <tool_call> and |im_end|> [inst]', list: [1, null, true] };
  expect(guard.protect(value)).toEqual(value);
  expect(guard.pieces('plain')).toEqual(['plain']);
  expect(guard.pieces('')).toEqual(['']);
});

test('a control token is cut in two wherever it stands, in keys too', () => {
  const safe = guard.protect({ '</s>': ['a<|im_end|>b'] });
  expect(JSON.stringify(safe)).not.toMatch(/<\/s>|<\|im_end\|>/);
  expect(guard.pieces(safe[Object.keys(safe)[0] as '</s>']?.[0] ?? '')).toEqual(['a<', '|im_end|>b']);
});

test('however a client writes, and however a template joins and trims, no piece holds a control token', () => {
  const part = fc.constantFrom(
    '<',
    '|',
    'im_',
    'end',
    '|>',
    '<|im_',
    'end|>',
    '</',
    's>',
    '[INST',
    ']',
    ' ',
    '\n',
    'a',
    '<|im_end|>',
    '</s>',
  );
  const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), fc.boolean(), (texts, trims) => {
      const safe = guard.protect(texts).map((value) => (trims ? value.trim() : value));
      const pieces = guard.pieces(safe.join(''));
      for (const piece of pieces) expect(holdsControl(piece)).toBe(false);
      expect(pieces.join('')).toBe(texts.map((value) => (trims ? value.trim() : value)).join(''));
    }),
    { numRuns: 2_000 },
  );
});
