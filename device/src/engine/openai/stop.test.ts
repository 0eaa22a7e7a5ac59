import fc from 'fast-check';
import { expect, test } from 'vitest';
import { heldLength, StopFilter } from './stop.ts';

function feed(stops: readonly string[], pieces: readonly string[]) {
  const filter = new StopFilter(stops);
  let text = '';
  for (const piece of pieces) {
    const result = filter.push(piece);
    text += result.text;
    if (result.stopped) return { text, stopped: true };
  }
  return { text: text + filter.end(), stopped: false };
}

test('however an answer is cut, the text before the first stop text goes out, and all of it without one', () => {
  const letters = fc
    .array(fc.constantFrom('a', 'b', '\n', '😀'), { maxLength: 30 })
    .map((parts) => parts.join(''));
  const stops = fc.array(
    letters.filter((text) => text !== ''),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 12 }), stops, (pieces, list) => {
      const all = pieces.join('');
      const result = feed(list, pieces);
      const ends = list.map((stop) => all.indexOf(stop)).filter((at) => at >= 0);
      expect(result.stopped).toBe(ends.length > 0);
      // Cut finely, the stop text that is complete first wins; it never lets more out than the earliest beginning.
      if (ends.length === 0) expect(result.text).toBe(all);
      else expect(all.startsWith(result.text)).toBe(true);
      for (const stop of list) expect(result.text.includes(stop)).toBe(false);
    }),
  );
});

test('what may become a stop text is held back, and let go when it does not', () => {
  const filter = new StopFilter(['END.']);
  expect(filter.push('the E')).toEqual({ text: 'the ', stopped: false });
  expect(filter.push('N')).toEqual({ text: '', stopped: false });
  expect(filter.push('emy')).toEqual({ text: 'ENemy', stopped: false });
  expect(filter.push(' END. more')).toEqual({ text: ' ', stopped: true, stop: 'END.' });
});

test('without stop texts nothing waits', () => {
  expect(new StopFilter([]).push('abc')).toEqual({ text: 'abc', stopped: false });
  expect(heldLength('', 'x')).toBe(0);
});
