import { describe, expect, it } from 'vitest';
import { waitFor } from '../os/wait-for.ts';
import { CHAT, chatBody, rigStarter } from './test-rig.ts';

const start = rigStarter();
const within = (what: string) => ({ timeoutMs: 10_000, what });

describe('the queue', () => {
  it('is bounded, says the place, and gives the next a turn', async () => {
    const rig = await start({ engine: { slots: 1, knobs: { delayMs: 100 } }, limits: { queueLength: 1 } });
    const key = await rig.key();
    const first = rig.post(CHAT, key, chatBody());
    await waitFor(() => rig.fake.requests.length === 1, within('the first to run'));
    const second = rig.post(CHAT, key, chatBody());
    await waitFor(() => rig.endpoint.stats().queued === 1, within('the second to wait'));
    const third = await rig.post(CHAT, key, chatBody());
    expect(third).toMatchObject({ status: 429, json: { error: { code: 'queue_full' } } });
    expect(third.headers['b3iq-queue-position']).toBe('2');
    expect(Number(third.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await first).headers['b3iq-queue-position']).toBeUndefined();
    expect(await second).toMatchObject({ status: 200, headers: { 'b3iq-queue-position': '1' } });
    expect(rig.fake.load.peak).toBe(1);
  });

  it('lets nobody wait longer than the bound', async () => {
    const rig = await start({ engine: { slots: 1, knobs: { fail: 'hang' } }, limits: { queueWaitMs: 50 } });
    const key = await rig.key();
    const first = rig.post(CHAT, key, chatBody()).catch(() => undefined);
    await waitFor(() => rig.fake.requests.length === 1, within('the first to run'));
    expect(await rig.post(CHAT, key, chatBody())).toMatchObject({
      status: 429,
      json: { error: { code: 'queue_full' } },
    });
    expect(rig.endpoint.stats().queued).toBe(0);
    expect(rig.ledger.calls).toHaveLength(0);
    await rig.fake.engine.stop();
    await first;
  });

  it('gives a second key its turn before the first key’s whole line', async () => {
    const rig = await start({ engine: { slots: 1, knobs: { delayMs: 500 } } });
    const [loud, quiet] = [await rig.key(), await rig.key()];
    const order: string[] = [];
    const ask = (key: string, name: string) => rig.post(CHAT, key, chatBody()).then(() => order.push(name));
    const all = [];
    for (let i = 0; i < 6; i++) {
      all.push(ask(loud, 'loud'));
      await waitFor(() => rig.endpoint.stats().queued === i, within('the line to grow'));
    }
    all.push(ask(quiet, 'quiet'));
    await waitFor(() => rig.endpoint.stats().queued === 6, within('all to wait'));
    rig.fake.knobs.delayMs = 1;
    await Promise.all(all);
    expect(order.indexOf('quiet')).toBeLessThanOrEqual(3);
  });

  it('lets a key that goes first go before one that goes last, whoever came before', async () => {
    const rig = await start({ engine: { slots: 1, knobs: { delayMs: 500 } } });
    const [running, last, first] = [
      await rig.key(),
      await rig.key({ priority: 'background' }),
      await rig.key({ priority: 'first' }),
    ];
    const order: string[] = [];
    const ask = (key: string, name: string) => rig.post(CHAT, key, chatBody()).then(() => order.push(name));
    const all = [];
    for (const [i, [key, name]] of (
      [
        [running, 'running'],
        [last, 'last'],
        [first, 'first'],
      ] as const
    ).entries()) {
      all.push(ask(key, name));
      await waitFor(() => rig.endpoint.stats().queued === i, within('the line to grow'));
    }
    rig.fake.knobs.delayMs = 1;
    await Promise.all(all);
    expect(order).toEqual(['running', 'first', 'last']);
  });

  it('forgets a client that leaves it', async () => {
    const rig = await start({ engine: { slots: 1, knobs: { fail: 'hang' } } });
    const key = await rig.key();
    const first = rig.post(CHAT, key, chatBody()).catch(() => undefined);
    await waitFor(() => rig.fake.requests.length === 1, within('the first to run'));
    const request = rig.call(key, chatBody());
    await waitFor(() => rig.endpoint.stats().queued === 1, within('the second to wait'));
    request.destroy();
    await waitFor(() => rig.endpoint.stats().queued === 0, within('the line to be empty'));
    await rig.fake.engine.stop();
    await first;
    expect(rig.ledger.calls).toHaveLength(1);
  });
});

describe('a client that leaves', () => {
  it('stops the engine, frees the slot, and leaves a receipt of what came', async () => {
    const rig = await start({
      engine: { slots: 1, knobs: { answer: 'word '.repeat(1_000), wordDelayMs: 5 } },
    });
    const key = await rig.key();
    const response = await rig.open(key, chatBody({ stream: true }));
    expect(rig.endpoint.stats().active).toBe(1);
    response.destroy();
    await waitFor(() => rig.fake.requests[0]?.aborted, within('the engine to notice'));
    await waitFor(() => rig.endpoint.stats().active === 0, within('the slot to be free'));
    await waitFor(() => rig.ledger.calls.length === 1, within('the receipt'));
    const [call] = rig.ledger.calls;
    expect(call).toMatchObject({ status: 'aborted', tokenSource: 'estimated', httpStatus: 200 });
    expect(call?.promptTokens).toBeGreaterThan(0);
    expect(call?.completionTokens).toBeLessThan(1_000);
    rig.fake.knobs.answer = 'ok';
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(200);
  });

  it('before the first byte leaves a receipt too', async () => {
    const rig = await start({ engine: { knobs: { fail: 'hang' } } });
    const key = await rig.key();
    const request = rig.call(key, chatBody());
    await waitFor(() => rig.fake.requests.length === 1, within('the engine to have it'));
    request.destroy();
    await waitFor(() => rig.ledger.calls.length === 1, within('the receipt'));
    expect(rig.ledger.calls[0]).toMatchObject({ status: 'aborted', httpStatus: 0, completionTokens: 0 });
    expect(rig.endpoint.stats().active).toBe(0);
  });

  it('or reads nothing is cut off after the bound, however much the engine has to say', async () => {
    const rig = await start({
      engine: { knobs: { answer: `${'x'.repeat(60_000)} `.repeat(400) } },
      limits: { idleTimeoutMs: 300 },
    });
    const key = await rig.key();
    const response = await rig.open(key, chatBody({ stream: true, max_tokens: 400 }));
    response.pause();
    await waitFor(() => rig.ledger.calls.length === 1, within('the receipt'));
    expect(rig.ledger.calls[0]?.status).toBe('aborted');
    expect(rig.endpoint.stats().active).toBe(0);
    response.destroy();
  });
});
