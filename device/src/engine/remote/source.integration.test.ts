/** Looking after engines somebody else runs: what is found, what is believed, and what happens when they go. */
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryLog } from '../../os/log.ts';
import { waitFor } from '../../os/wait-for.ts';
import { bytesOf } from '../fixtures/ask.ts';
import { EngineRegistry } from '../registry/registry.ts';
import { RemoteSource } from './source.ts';
import { startLmStudioStandIn } from './stand-ins/lm-studio.ts';
import { startOllamaStandIn } from './stand-ins/ollama.ts';
import { startSdServerStandIn } from './stand-ins/sd-server.ts';
import { startSpeachesStandIn, startWhisperStandIn } from './stand-ins/speaches.ts';
import { startVllmStandIn } from './stand-ins/vllm.ts';
import type { RemoteSettings } from './types.ts';

const KEY = 'sk-planted-secret';
const TIMES = { everyMs: 20, firstDelayMs: 20, maxDelayMs: 50, lookMs: 2_000, probeMs: 5_000 };
const within = (what: string) => ({ timeoutMs: 10_000, what });
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function source(origin: string, kind: RemoteSettings['kind'] = 'openai', key?: string) {
  const registry = new EngineRegistry();
  const log = memoryLog();
  const made = new RemoteSource({
    settings: { name: 'box', kind, origin, has_key: false },
    key,
    registry,
    log,
    times: TIMES,
  });
  closers.push(() => made.stop());
  return { source: made, registry, log };
}
const count = (engine: ReturnType<EngineRegistry['all']>[number] | undefined, body: object) =>
  engine?.countPrompt('/v1/chat/completions', bytesOf(body), AbortSignal.timeout(5_000));

describe('an engine with OpenAI’s API', () => {
  it('is tried, and its models get its name, their context and what they can do', async () => {
    const there = await startVllmStandIn({ models: ['meta/Llama', 'Qwen'], key: KEY });
    closers.push(there.stop);
    const { source: box, registry, log } = source(there.origin, 'openai', KEY);
    await box.start();
    expect(box.state()).toEqual({ name: 'ready' });
    expect([...registry.models().keys()]).toEqual(['box/meta/Llama', 'box/Qwen']);
    const [engine] = registry.all();
    expect(engine?.model).toMatchObject({ contextTokens: 1024, maxChoices: 128 });
    expect(engine?.model.capabilities).toEqual(
      expect.arrayContaining(['chat', 'completions', 'embeddings', 'logprobs']),
    );
    expect(engine?.canCount).toBe(true);
    expect(
      await count(engine, { model: 'box/meta/Llama', messages: [{ role: 'user', content: 'a b c' }] }),
    ).toBe(7);
    expect(JSON.stringify(log.lines)).not.toContain(KEY);
  });

  it('whose count is not what it reports cannot count', async () => {
    const there = await startVllmStandIn({ models: ['m'], lies: true });
    closers.push(there.stop);
    const { source: box, registry } = source(there.origin);
    await box.start();
    const [engine] = registry.all();
    expect(engine?.canCount).toBe(false);
    await expect(count(engine, { messages: [] })).rejects.toMatchObject({ code: 'capability_unavailable' });
  });

  it('does not count pictures', async () => {
    const there = await startVllmStandIn({ models: ['m'] });
    closers.push(there.stop);
    const { source: box, registry } = source(there.origin);
    await box.start();
    const picture = { type: 'image_url', image_url: { url: 'data:,' } };
    await expect(
      count(registry.all()[0], { messages: [{ role: 'user', content: [picture] }] }),
    ).rejects.toMatchObject({ code: 'capability_unavailable' });
  });

  it('gains and loses models while it runs, and asks nothing twice', async () => {
    const there = await startVllmStandIn({ models: ['one'] });
    closers.push(there.stop);
    const { source: box, registry } = source(there.origin);
    await box.start();
    const chats = () => there.asked.filter((path) => path.endsWith('/chat/completions')).length;
    const before = chats();
    await waitFor(() => there.asked.filter((path) => path === '/v1/models').length > 3, within('more looks'));
    expect(chats()).toBe(before);
    const [first] = registry.all();
    there.models = ['one', 'two'];
    await waitFor(() => registry.models().has('box/two'), within('the new model'));
    expect(registry.all()[0]).toBe(first);
    there.models = ['two'];
    await waitFor(() => !registry.models().has('box/one'), within('the old model to go'));
  });
});

describe('a model that does other things than write', () => {
  const abilitiesOf = async (there: { readonly origin: string; stop(): Promise<void> }) => {
    closers.push(there.stop);
    const { source: box, registry } = source(there.origin);
    await box.start();
    return registry.all().map(({ model }) => [model.id, model.capabilities]);
  };

  it('and reads pictures is found by what it reads more; one that passes over them is not', async () => {
    const there = await startVllmStandIn({ models: ['sees', 'passes-over', 'refuses'] });
    const found = new Map(
      await abilitiesOf(there).then((list) => list.map(([id, can]) => [String(id), can])),
    );
    expect(found.get('box/sees')).toContain('vision');
    expect(found.get('box/passes-over')).not.toContain('vision');
    expect(found.get('box/refuses')).not.toContain('vision');
  });

  it('and ranks is found by ranking', async () => {
    expect(await abilitiesOf(await startVllmStandIn({ models: ['rerank-small'] }))).toEqual([
      ['box/rerank-small', ['rerank']],
    ]);
  });

  it('and draws is found without a picture being made', async () => {
    const there = await startSdServerStandIn({ models: ['sd-cpp-local'] });
    expect(await abilitiesOf(there)).toEqual([['box/sd-cpp-local', ['images']]]);
    expect(there.drawn()).toBe(0);
  });

  it('and says what it is for is not asked; one that speaks is left out', async () => {
    const there = await startSpeachesStandIn({ models: ['whisper', 'kokoro'] });
    expect(await abilitiesOf(there)).toEqual([['box/whisper', ['transcriptions']]]);
    expect(there.asked).not.toContain('/v1/audio/transcriptions');
  });

  it('is not believed where the engine refuses whatever it is asked in the same way', async () => {
    const server = createServer((request, response) => {
      const isList = request.url === '/v1/models';
      response.writeHead(isList ? 200 : 400).end(isList ? '{"data":[{"id":"m"}]}' : '{"error":"no"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // a TCP server's address is one
    const stop = async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    expect(await abilitiesOf({ origin: `http://127.0.0.1:${port}`, stop })).toEqual([]);
  });
});

describe('Ollama', () => {
  it('tells what its models can do, and none is loaded to find out', async () => {
    const there = await startOllamaStandIn({ models: ['llama3.2:3b', 'embed-small'] });
    closers.push(there.stop);
    const { source: box, registry } = source(there.origin, 'ollama');
    await box.start();
    const [writes, embeds] = registry.all();
    expect(writes?.model).toMatchObject({
      id: 'box/llama3.2:3b',
      contextTokens: 8192,
      sizeBytes: 3_826_793_677,
      capabilities: ['chat', 'completions', 'json_schema', 'tools', 'responses', 'messages'],
      maxChoices: 1,
    });
    expect(writes).toMatchObject({ canCount: false, slots: 4, upstream: { model: 'llama3.2:3b' } });
    expect(embeds?.model.capabilities).toEqual(['embeddings']);
    // Asked for nothing, once, to see whether it is there; no model is named.
    expect(there.asked.filter((path) => path.startsWith('/v1/'))).toEqual(['/v1/responses', '/v1/messages']);
  });
});

describe('LM Studio', () => {
  it('tells what its models can do, and none is loaded to find out', async () => {
    const there = await startLmStudioStandIn({ models: ['qwen3-8b', 'embed-nomic'] });
    closers.push(there.stop);
    const { source: box, registry } = source(there.origin);
    await box.start();
    const [writes, embeds] = registry.all();
    expect(writes?.model).toMatchObject({
      contextTokens: 32_768,
      capabilities: ['chat', 'completions', 'tools', 'responses', 'messages'],
      maxChoices: 1,
    });
    expect(writes?.canCount).toBe(false);
    expect(embeds?.model.capabilities).toEqual(['embeddings']);
    expect(there.asked.filter((path) => path.startsWith('/v1/'))).toEqual([
      '/v1/models',
      '/v1/responses',
      '/v1/messages',
    ]);
  });
});

describe('an engine that goes', () => {
  it('is told as failed with a reason, keeps its models’ names, and is ready again when it is back', async () => {
    const there = await startVllmStandIn({ models: ['m'] });
    const { source: box, registry } = source(there.origin);
    await box.start();
    const [engine] = registry.all();
    let told = 0;
    engine?.onChange(() => {
      told += 1;
    });
    await there.stop();
    await waitFor(() => engine?.state().name === 'failed', within('its end to be seen'));
    expect(engine?.state()).toMatchObject({
      code: 'engine_unavailable',
      reason: expect.stringContaining('Nothing answers'),
    });
    expect(registry.all()).toEqual([engine]);
    expect(told).toBe(1);
    const again = await startVllmStandIn({ models: ['m'], port: there.port });
    closers.push(again.stop);
    await waitFor(() => engine?.state().name === 'ready', within('it to be back'));
    expect(again.asked).toContain('/v1/chat/completions'); // it may have come back as something else
  });

  it('is looked at at once when a call finds it gone', async () => {
    const there = await startVllmStandIn({ models: ['m'] });
    const registry = new EngineRegistry();
    const box = new RemoteSource({
      settings: { name: 'box', kind: 'openai', origin: there.origin, has_key: false },
      key: undefined,
      registry,
      log: memoryLog(),
      times: { ...TIMES, everyMs: 600_000 },
    });
    closers.push(() => box.stop());
    await box.start();
    await there.stop();
    expect(box.state().name).toBe('ready');
    registry.all()[0]?.doubt?.();
    await waitFor(() => box.state().name === 'failed', within('the look'));
  });

  it('on purpose takes its models with it', async () => {
    const there = await startVllmStandIn({ models: ['m'] });
    closers.push(there.stop);
    const { source: box, registry } = source(there.origin);
    await box.start();
    await box.stop();
    expect(registry.all()).toEqual([]);
    expect(box.state()).toEqual({ name: 'stopped' });
  });
});

describe('something else at the address', () => {
  const answering = async (status: number, body: string, headers: Record<string, string> = {}) => {
    const server = createServer((_request, response) => response.writeHead(status, headers).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's address is one
  };
  const reasonAt = async (origin: string, kind: RemoteSettings['kind'] = 'openai') => {
    const { source: box, registry } = source(origin, kind);
    await box.start();
    expect(registry.all()).toEqual([]);
    return box.state().reason;
  };

  it.each([
    ['a page', 200, '<html>', 'no OpenAI-compatible engine'],
    ['other JSON', 200, '{"data":{"id":"x"}}', 'no OpenAI-compatible engine'],
    ['a refusal', 401, '{}', 'refuses the key'],
    ['an error', 500, '{}', 'no OpenAI-compatible engine'],
  ])('such as %s is no engine, and is told so', async (_title, status, body, words) => {
    expect(await reasonAt(await answering(status, body))).toContain(words);
  });

  it('such as whisper.cpp at a path of its own is told how to start it', async () => {
    const there = await startWhisperStandIn({ path: '/inference' });
    closers.push(there.stop);
    expect(await reasonAt(there.origin)).toContain('--inference-path /v1/audio/transcriptions');
  });

  it('such as a redirect is not followed', async () => {
    const inside = await startVllmStandIn({ models: ['m'] });
    closers.push(inside.stop);
    const outside = await answering(302, '', { location: `${inside.origin}/v1/models` });
    expect(await reasonAt(outside)).toContain('no OpenAI-compatible engine');
    expect(inside.asked).toEqual([]);
  });

  it('such as an endless answer is cut', async () => {
    const huge = await answering(200, `{"data":["${'x'.repeat(9_000_000)}"]}`);
    expect(await reasonAt(huge)).toContain('more than this machine takes');
  });

  it('such as silence is given up in time', async () => {
    const silent = createTcpServer((socket) => void socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    closers.push(async () => new Promise((resolve) => silent.close(resolve)));
    const { source: box } = source(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`); // same
    await box.start();
    expect(box.state().reason).toContain('in time');
  });

  it('such as names no one should see are left out', async () => {
    const data = [{ id: 'evil\nname' }, { id: 7 }, {}, { id: 'x'.repeat(500) }];
    const { source: box, registry } = source(await answering(200, JSON.stringify({ data })));
    await box.start();
    expect(box.state().name).toBe('ready');
    expect(registry.all()).toEqual([]);
  });
});
