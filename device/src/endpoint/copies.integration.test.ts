/** Several engines behind one endpoint: each model finds its own, and copies of one share its load. */
import { describe, expect, it } from 'vitest';
import { type FakeEngineOptions, startFakeEngine } from '../engine/fake.ts';
import { waitFor } from '../os/wait-for.ts';
import { CHAT, chatBody, type Rig, type RigOptions, rigStarter } from './test-rig.ts';

const start = rigStarter();
const within = (what: string) => ({ timeoutMs: 10_000, what });

/** A second engine beside the rig's; a copy of the same model unless told. Stopped with the test. */
async function beside(rig: Rig, options: FakeEngineOptions = {}) {
  const other = await startFakeEngine({ id: 'second', ...options });
  rig.engines.add(other.engine);
  rig.after(() => other.stop());
  return other;
}
const hanging: RigOptions = { engine: { slots: 1, knobs: { fail: 'hang' } } };

describe('two models', () => {
  it('are listed both, and each is served by its own engine', async () => {
    const rig = await start();
    const other = await beside(rig, { model: { id: 'other', contextTokens: 64 } });
    const key = await rig.key();
    const { json } = await rig.get('/v1/models', key);
    expect(json.data.map(({ id }: { id: string }) => id)).toEqual(['b3iq-selftest', 'other']);
    expect((await rig.get('/v1/models/other', key)).json.b3iq.context_tokens).toBe(64);
    expect((await rig.post(CHAT, key, chatBody({ model: 'other' }))).status).toBe(200);
    expect(other.requests).toHaveLength(1);
    expect(rig.fake.requests).toHaveLength(0);
    expect(rig.ledger.calls[0]?.model).toBe('other');
  });

  it('have a line each: one that is full holds up nobody at the other', async () => {
    const rig = await start({ ...hanging, limits: { queueLength: 0 } });
    await beside(rig, { model: { id: 'other' } });
    const key = await rig.key();
    rig.call(key, chatBody());
    await waitFor(() => rig.fake.requests.length === 1, within('the first to run'));
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(429);
    expect((await rig.post(CHAT, key, chatBody({ model: 'other' }))).status).toBe(200);
  });

  it('come and go while the endpoint runs', async () => {
    const rig = await start();
    const key = await rig.key();
    expect((await rig.post(CHAT, key, chatBody({ model: 'other' }))).status).toBe(404);
    const other = await beside(rig, { model: { id: 'other' } });
    expect((await rig.post(CHAT, key, chatBody({ model: 'other' }))).status).toBe(200);
    rig.engines.remove(other.engine);
    expect((await rig.post(CHAT, key, chatBody({ model: 'other' }))).status).toBe(404);
  });

  it('a model that goes finishes what it works on, and sends away who waits for it', async () => {
    const rig = await start({ engine: { slots: 1, knobs: { delayMs: 300 } } });
    const key = await rig.key();
    const first = rig.post(CHAT, key, chatBody());
    await waitFor(() => rig.fake.requests.length === 1, within('the first to run'));
    const second = rig.post(CHAT, key, chatBody());
    await waitFor(() => rig.endpoint.stats().queued === 1, within('the second to wait'));
    rig.engines.remove(rig.fake.engine);
    expect(await second).toMatchObject({ status: 503, json: { error: { code: 'engine_unavailable' } } });
    expect((await first).status).toBe(200);
    expect(rig.ledger.calls).toHaveLength(1);
  });
});

describe('two copies of one model', () => {
  it('are one model with the slots of both, and share its load', async () => {
    const rig = await start(hanging);
    const other = await beside(rig, { slots: 1, knobs: { fail: 'hang' } });
    const key = await rig.key();
    expect((await rig.get('/v1/models', key)).json.data).toHaveLength(1);
    for (let i = 0; i < 3; i++) rig.call(key, chatBody());
    await waitFor(() => rig.endpoint.stats().queued === 1, within('the third to wait'));
    expect(rig.endpoint.stats().active).toBe(2);
    await waitFor(() => rig.fake.load.now === 1 && other.load.now === 1, within('one call at each'));
  });

  it('take the next in line wherever a slot is free first', async () => {
    const rig = await start(hanging);
    const other = await beside(rig, { slots: 1, knobs: { delayMs: 100 } });
    const key = await rig.key();
    rig.call(key, chatBody());
    await waitFor(() => rig.fake.requests.length === 1, within('the first copy to be busy'));
    const statuses = await Promise.all(
      [1, 2, 3].map(async () => (await rig.post(CHAT, key, chatBody())).status),
    );
    expect(statuses).toEqual([200, 200, 200]);
    expect(other.load.peak).toBe(1);
    expect(rig.fake.requests).toHaveLength(1);
  });

  it('answer as long as one does: a call goes to the one that is ready, and its slots are all there are', async () => {
    const rig = await start({ engine: { slots: 1 }, limits: { queueLength: 0 } });
    const other = await beside(rig, { slots: 1, knobs: { fail: 'hang' } });
    const key = await rig.key();
    rig.fake.setState({ name: 'restarting', reason: 'It fell.' });
    expect((await rig.get('/v1/models', key)).json.data[0].b3iq.state).toBe('ready');
    const request = rig.call(key, chatBody());
    await waitFor(() => other.requests.length === 1, within('the copy that is ready'));
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(429);
    rig.fake.setState({ name: 'ready' });
    expect((await rig.post(CHAT, key, chatBody())).status).toBe(200);
    expect(rig.fake.requests).toHaveLength(1);
    request.destroy();
  });

  it('let who waits go on when the other copy comes back', async () => {
    const rig = await start(hanging);
    const other = await beside(rig, { slots: 1 });
    other.setState({ name: 'restarting', reason: 'It fell.' });
    const key = await rig.key();
    rig.call(key, chatBody());
    await waitFor(() => rig.fake.requests.length === 1, within('the first copy to be busy'));
    const waiting = rig.post(CHAT, key, chatBody());
    await waitFor(() => rig.endpoint.stats().queued === 1, within('the second to wait'));
    other.setState({ name: 'ready' });
    expect((await waiting).status).toBe(200);
    expect(other.requests).toHaveLength(1);
  });

  it('promise only what both can do', async () => {
    const rig = await start();
    await beside(rig, { model: { contextTokens: 32, capabilities: ['chat'] } });
    const key = await rig.key();
    const [model] = (await rig.get('/v1/models', key)).json.data;
    expect(model.b3iq).toMatchObject({ context_tokens: 32, capabilities: ['chat'] });
    expect((await rig.post('/v1/embeddings', key, { model: 'b3iq-selftest', input: 'x' })).status).toBe(501);
  });

  it('are both unavailable when both are, with the time of the one that is back first', async () => {
    const rig = await start();
    const other = await beside(rig);
    const soon = Date.now() + 3_000;
    rig.fake.setState({ name: 'restarting', reason: 'One fell.', retryAtMs: soon + 60_000 });
    other.setState({ name: 'restarting', reason: 'Two fell.', retryAtMs: soon });
    const reply = await rig.post(CHAT, await rig.key(), chatBody());
    expect(reply).toMatchObject({ status: 503, json: { error: { code: 'engine_unavailable' } } });
    expect(reply.text).toContain('Two fell.');
    expect(Number(reply.headers['retry-after'])).toBeLessThanOrEqual(5);
  });
});
