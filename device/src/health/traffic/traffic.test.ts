import { describe, expect, it } from 'vitest';
import { testCall } from '../../receipts/test-call.ts';
import { Traffic } from './traffic.ts';

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

describe('the count of calls', () => {
  it('tells a minute: how many, how much, how fast, how soon', () => {
    const traffic = new Traffic();
    traffic.note(testCall({ durationMs: 1_000, firstTokenMs: 200, promptTokens: 10, completionTokens: 41 }));
    traffic.note(testCall({ durationMs: 600, firstTokenMs: 400, promptTokens: 5, completionTokens: 11 }));
    traffic.note(testCall({ durationMs: 900, firstTokenMs: 900, completionTokens: 30, promptTokens: 1 }));
    traffic.note(testCall({ status: 'failed', durationMs: 50, promptTokens: 0, completionTokens: 0 }));
    expect(traffic.takeMinute()).toEqual({
      requests: 4,
      failed: 1,
      promptTokens: 16,
      completionTokens: 82,
      tokensPerSecond: 50,
      firstTokenMs: 300,
    });
    expect(traffic.takeMinute()).toEqual({
      requests: 0,
      failed: 0,
      promptTokens: 0,
      completionTokens: 0,
      tokensPerSecond: undefined,
      firstTokenMs: undefined,
    });
  });

  it('keeps histograms by model, operation and end, each value in the first bound that holds it', () => {
    const traffic = new Traffic();
    traffic.note(testCall({ durationMs: 10, firstTokenMs: 1, completionTokens: 4 }));
    traffic.note(testCall({ durationMs: 100_000, firstTokenMs: 60, completionTokens: 5 }));
    traffic.note(testCall({ endpoint: '/v1/embeddings', completionTokens: 0, firstTokenMs: 250 }));
    traffic.note(testCall({ status: 'aborted', model: 'other-model' }));
    const [chat, embeddings, aborted, ...more] = traffic.counts();
    expect(more).toEqual([]);
    expect(chat?.durationS.counts.at(0)).toBe(1);
    expect(chat?.durationS.counts.at(-1)).toBe(1);
    expect(chat?.durationS.sum).toBeCloseTo(100.01);
    expect(chat?.firstTokenS.counts.slice(0, 6)).toEqual([1, 0, 0, 0, 0, 1]);
    expect(chat?.completionTokens.counts.slice(0, 3)).toEqual([0, 1, 1]);
    expect(embeddings).toMatchObject({ operation: 'embeddings', errorType: undefined });
    expect(total(embeddings?.firstTokenS.counts ?? [])).toBe(0);
    expect(total(embeddings?.completionTokens.counts ?? [])).toBe(0);
    expect(aborted).toMatchObject({ model: 'other-model', errorType: 'aborted' });
  });

  it('is bounded, however many names come', () => {
    const traffic = new Traffic();
    for (let i = 0; i < 500; i++) traffic.note(testCall({ model: `model-${i}`, endpoint: '/v1/odd' }));
    expect(traffic.counts()).toHaveLength(101);
    expect(traffic.counts().at(-1)).toMatchObject({ model: 'other', operation: 'other' });
    expect(total(traffic.counts().at(-1)?.durationS.counts ?? [])).toBe(400);
  });
});
