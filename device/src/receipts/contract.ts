/** What every ledger must do, fake or real. Separate so that both are held to the same sentences. */
import { verifyReceiptProof } from '@b3iq/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../os/clock.ts';
import type { Ledger } from './port.ts';
import { KEY_A, KEY_B, type TestIdentity, testCall, testIdentity } from './test-call.ts';

/** @param open  a fresh, empty ledger of that identity; `close` ends what it began */
export function ledgerContract(
  name: string,
  open: (
    identity: TestIdentity,
    clock: FakeClock,
  ) => Promise<{ readonly ledger: Ledger; readonly close: () => Promise<void> }>,
): void {
  describe(`${name} as a ledger`, () => {
    const identity = testIdentity();
    let ledger: Ledger;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ ledger, close } = await open(identity, new FakeClock()));
    });
    afterEach(() => close());

    it('is empty at first, and an empty chain is whole', async () => {
      expect(await ledger.list({ limit: 10 })).toEqual({
        receipts: [],
        total: 0,
        next_before: null,
        damaged: false,
      });
      expect(await ledger.total()).toEqual({ count: 0, lastAtMs: undefined });
      expect(await ledger.verify()).toEqual({
        ok: true,
        receipts: 0,
        batches: 0,
        head: null,
        first_break: null,
      });
      expect((await ledger.usageSince(0)).size).toBe(0);
    });

    it('is not set aside while nothing is wrong with it', async () => {
      await ledger.append(testCall());
      await expect(ledger.setAside()).rejects.toMatchObject({ code: 'ledger_sound' });
      expect(await ledger.total()).toMatchObject({ count: 1 });
      await ledger.append(testCall());
      expect(await ledger.verify()).toMatchObject({ ok: true, receipts: 2 });
    });

    it('gives back what was appended, newest first, in pages', async () => {
      const calls = Array.from({ length: 7 }, (_, i) =>
        testCall({ startedAtMs: Date.UTC(2026, 0, 1) + i * 1000 }),
      );
      for (const call of calls) await ledger.append(call);
      const first = await ledger.list({ limit: 3 });
      expect(first.receipts.map((row) => row.seq)).toEqual([7, 6, 5]);
      expect(first).toMatchObject({ total: 7, next_before: 5 });
      const rest = await ledger.list({ limit: 200, before: 5 });
      expect(rest.receipts.map((row) => row.id)).toEqual(
        calls
          .slice(0, 4)
          .reverse()
          .map(({ id }) => id),
      );
      expect(rest.next_before).toBeNull();
      expect(first.receipts[0]).toMatchObject({
        at: '2026-01-01T00:00:06.000Z',
        endpoint: '/v1/chat/completions',
        model: 'b3iq-selftest',
        caller: KEY_A,
        status: 'completed',
        prompt_tokens: 12,
        completion_tokens: 30,
        token_source: 'engine',
        duration_ms: 250,
      });
      expect(await ledger.total()).toEqual({ count: 7, lastAtMs: Date.UTC(2026, 0, 1) + 6000 });
    });

    it('keeps aborted and failed calls too', async () => {
      await ledger.append(testCall({ status: 'aborted', httpStatus: 0, tokenSource: 'estimated' }));
      await ledger.append(testCall({ status: 'failed', httpStatus: 502, completionTokens: 0 }));
      const { receipts } = await ledger.list({ limit: 2 });
      expect(receipts.map(({ status }) => status)).toEqual(['failed', 'aborted']);
    });

    it('proves each receipt alone, with nothing but the public key', async () => {
      const calls = Array.from({ length: 20 }, () => testCall());
      await Promise.all(calls.map((call) => ledger.append(call)));
      for (const { id } of calls) {
        const proof = await ledger.proof(id);
        const answer = verifyReceiptProof(proof, identity.publicKey);
        expect(answer).toMatchObject({ ok: true, receipt: { id } });
        const forged = { ...proof, receipt: proof.receipt.replace('"30"', '"31"') };
        expect(verifyReceiptProof(forged, identity.publicKey).ok).toBe(false);
      }
      await expect(ledger.proof('rcpt_00000000000000000000000000')).rejects.toMatchObject({
        code: 'receipt_not_found',
      });
    });

    it('proves the whole chain', async () => {
      for (let i = 0; i < 3; i++)
        await Promise.all(Array.from({ length: 30 }, () => ledger.append(testCall())));
      const answer = await ledger.verify();
      expect(answer).toMatchObject({ ok: true, receipts: 90, first_break: null });
      expect(answer.head).toBe((await ledger.list({ limit: 1 })).receipts[0]?.hash);
    });

    it('adds up what each caller spent since a moment, and when it was last seen at all', async () => {
      const day = Date.UTC(2026, 0, 2);
      await ledger.append(testCall({ startedAtMs: day - 1 }));
      await ledger.append(testCall({ startedAtMs: day, promptTokens: 1, completionTokens: 2 }));
      await ledger.append(testCall({ startedAtMs: day + 5, promptTokens: 3, completionTokens: 4 }));
      await ledger.append(testCall({ startedAtMs: day - 9, caller: KEY_B }));
      const usage = await ledger.usageSince(day);
      expect(usage.get(KEY_A)).toEqual({ tokens: 10, lastAtMs: day + 5 });
      expect(usage.get(KEY_B)).toEqual({ tokens: 0, lastAtMs: day - 9 });
    });

    it('counts use by UTC day, caller and model, from the first moment to the last but not beyond', async () => {
      const first = Date.UTC(2026, 0, 2);
      const next = Date.UTC(2026, 0, 3);
      const count = { calls: 1, failed: 0, promptTokens: 12, completionTokens: 30 };
      await ledger.append(testCall({ startedAtMs: first - 1 }));
      await ledger.append(testCall({ startedAtMs: next, status: 'failed', completionTokens: 0 }));
      await ledger.append(testCall({ startedAtMs: first, promptTokens: 5, completionTokens: 7 }));
      await ledger.append(testCall({ startedAtMs: next - 1, status: 'aborted' }));
      await ledger.append(testCall({ startedAtMs: first, model: 'other "model"', caller: 'owner' }));
      await ledger.append(testCall({ startedAtMs: first, caller: KEY_B }));
      await ledger.append(testCall({ startedAtMs: next + 86_400_000 }));
      const day = first / 86_400_000;
      expect(await ledger.usageByDay({ fromMs: first, toMs: next + 86_400_000 })).toEqual([
        {
          ...count,
          day,
          caller: KEY_A,
          model: 'b3iq-selftest',
          calls: 2,
          promptTokens: 17,
          completionTokens: 37,
        },
        { ...count, day, caller: KEY_B, model: 'b3iq-selftest' },
        { ...count, day, caller: 'owner', model: 'other "model"' },
        { ...count, day: day + 1, caller: KEY_A, model: 'b3iq-selftest', failed: 1, completionTokens: 0 },
      ]);
      expect(await ledger.usageByDay({ fromMs: 0, toMs: 1 })).toEqual([]);
    });
  });
}
