import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventReader } from './parse.ts';

describe('server-sent events', () => {
  test('are the same however the text is cut', () => {
    const text = ': hello\r\ndata: one\r\n\r\nevent: x\ndata: two\ndata:three\nid: 7\n\n\n\ndata: [DONE]\n\n';
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sizes) => {
        const reader = eventReader();
        const events: string[] = [];
        for (let at = 0, i = 0; at < text.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          events.push(...reader.push(text.slice(at, at + size)));
          at += size;
        }
        expect(events).toEqual(['one', 'two\nthree', '[DONE]']);
      }),
    );
  });

  test('an event without its empty line is not finished', () => {
    expect(eventReader().push('data: half\n')).toEqual([]);
  });

  test('an endless line or event is refused', () => {
    expect(() => eventReader(10).push('x'.repeat(11))).toThrow(RangeError);
    const reader = eventReader(10);
    reader.push('data: 12345\n');
    expect(() => reader.push('data: 123456\n')).toThrow(RangeError);
  });
});
