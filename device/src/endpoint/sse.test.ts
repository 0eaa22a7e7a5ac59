import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataOf, FrameSplitter } from './sse.ts';

/** All frames of `bytes` when it comes in pieces cut at `cuts`. */
function framesOf(bytes: Buffer, cuts: readonly number[]): { frames: string[]; rest: string } {
  const splitter = new FrameSplitter(1_000_000);
  const frames: string[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    for (const frame of splitter.push(bytes.subarray(from, cut)) ?? []) frames.push(frame.toString('utf8'));
    from = cut;
  }
  return { frames, rest: splitter.rest.toString('utf8') };
}

const STREAM =
  'data: {"text":"größe 🦊"}\n\ndata: {"text":"日本"}\r\n\r\n: ping\n\ndata: a\ndata: b\n\ndata: [DONE]\n\n';

describe('a stream of events', () => {
  it('comes apart the same way wherever its bytes were cut', () => {
    const bytes = Buffer.from(STREAM);
    const whole = framesOf(bytes, []);
    expect(whole.frames).toHaveLength(5);
    expect(whole.frames.join('')).toBe(STREAM);
    for (let cut = 0; cut <= bytes.length; cut++) expect(framesOf(bytes, [cut])).toEqual(whole);
    expect(framesOf(bytes, Array.from(bytes.keys()))).toEqual(whole);
  });

  it('never loses or changes a byte', () => {
    const piece = fc.constantFrom('\n', '\r', '\r\n', 'data: x', ':', '\n\n', 'é', '🦊');
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(60)), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''));
        const sorted = cuts.filter((cut) => cut <= bytes.length).sort((a, b) => a - b);
        const { frames, rest } = framesOf(bytes, sorted);
        expect(frames.join('') + rest).toBe(bytes.toString('utf8'));
      }),
    );
  });

  it('may end its lines with CR alone', () => {
    expect(framesOf(Buffer.from('data: 1\r\rdata: 2\r\r'), []).frames).toEqual([
      'data: 1\r\r',
      'data: 2\r\r',
    ]);
  });

  it('is given up when one event is longer than the bound', () => {
    const splitter = new FrameSplitter(100);
    expect(splitter.push(Buffer.alloc(60, 'x'))).toEqual([]);
    expect(splitter.push(Buffer.alloc(60, 'x'))).toBeUndefined();
  });

  it('has data with and without the space, over several lines, or none', () => {
    for (const [frame, data] of [
      ['data: {"a":1}\n\n', '{"a":1}'],
      ['data:{"a":1}\r\n\r\n', '{"a":1}'],
      ['event: x\nid: 7\ndata: a\ndata: b\n\n', 'a\nb'],
      ['data\n\n', ''],
      ['data: [DONE]', '[DONE]'],
      [': ping\n\n', undefined],
      ['database: no\n\n', undefined],
    ] as const)
      expect(dataOf(Buffer.from(frame))).toBe(data);
  });
});
