/** Engines somebody else runs keep what is asked of them: a real llama-server, and stand-ins for others. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { memoryLog } from '../../os/log.ts';
import { ownFile } from '../../os/own-files.ts';
import { waitFor } from '../../os/wait-for.ts';
import { llamaServerCommand } from '../fixtures/llama-server.ts';
import { EngineRegistry } from '../registry/registry.ts';
import { foreignContract } from '../suites/foreign.ts';
import { mediaContract } from '../suites/foreign-media.ts';
import { RemoteSource } from './source.ts';
import { startLmStudioStandIn } from './stand-ins/lm-studio.ts';
import { startOllamaStandIn } from './stand-ins/ollama.ts';
import { startSdServerStandIn } from './stand-ins/sd-server.ts';
import { startHearingStandIn, startSpeachesStandIn, startWhisperStandIn } from './stand-ins/speaches.ts';
import { startVllmStandIn } from './stand-ins/vllm.ts';
import type { RemoteSettings } from './types.ts';

const KEY = 'sk-contract';
/** It counts one answer of several, so more may not be asked; and it finds no way to make this model call a tool. */
const LLAMA_SERVER = {
  id: 'box/b3iq-selftest',
  contextTokens: 2_048,
  maxChoices: 1,
  capabilities: ['chat', 'json_schema', 'logprobs', 'completions', 'embeddings', 'responses', 'messages'],
};

/** The one model of the engine at `origin`. */
async function engineAt(
  origin: string,
  kind: RemoteSettings['kind'],
  expected: object,
  remove: () => Promise<unknown>,
) {
  const registry = new EngineRegistry();
  const source = new RemoteSource({
    settings: { name: 'box', kind, origin, has_key: false },
    key: KEY,
    registry,
    log: memoryLog(),
  });
  await source.start();
  expect(source.state()).toEqual({ name: 'ready' });
  const [engine] = registry.all();
  if (engine === undefined) throw new Error('no model was found');
  expect(engine).toMatchObject(expected); // what probing must find
  return {
    engine,
    remove: async () => {
      await source.stop();
      await remove();
    },
  };
}

foreignContract('a real llama-server by its URL', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-remote-'));
  const model = ownFile('selfTestModel');
  await writeFile(join(folder, 'key'), KEY, { mode: 0o600 });
  const port = await freePort();
  const child = spawn(
    llamaServerCommand(),
    [
      '-m',
      model,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--api-key-file',
      join(folder, 'key'),
    ].concat([
      '--offline',
      '--no-ui',
      '--jinja',
      '--embeddings',
      '--pooling',
      'mean',
      '-c',
      '8192',
      '-np',
      '4',
      '-t',
      '1',
    ]),
    { stdio: 'ignore' },
  );
  const origin = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${origin}/health`).catch(() => undefined))?.ok === true, {
    timeoutMs: 30_000,
    what: 'llama-server to be ready',
  });
  return engineAt(origin, 'openai', { slots: 4, canCount: true, model: LLAMA_SERVER }, async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    await rm(folder, { recursive: true, force: true });
  });
});

foreignContract('the vLLM stand-in', async () => {
  const there = await startVllmStandIn({ models: ['meta-llama/Llama-3.1-8B'], key: KEY });
  return engineAt(there.origin, 'openai', { slots: 32, canCount: true }, there.stop);
});

foreignContract('the Ollama stand-in', async () => {
  const there = await startOllamaStandIn({ models: ['llama3.2:3b'], key: KEY });
  return engineAt(there.origin, 'ollama', { slots: 4, canCount: false }, there.stop);
});

foreignContract('the LM Studio stand-in', async () => {
  const there = await startLmStudioStandIn({ models: ['qwen3-8b'], key: KEY });
  return engineAt(there.origin, 'openai', { slots: 32, canCount: false }, there.stop);
});

mediaContract('the sd-server stand-in', 'images', async () => {
  const there = await startSdServerStandIn({ models: ['sd-cpp-local'], key: KEY });
  return engineAt(there.origin, 'openai', { slots: 1, canCount: false }, there.stop);
});

mediaContract('the speaches stand-in', 'transcriptions', async () => {
  const there = await startSpeachesStandIn({ models: ['Systran/faster-whisper-small'], key: KEY });
  return engineAt(there.origin, 'openai', { slots: 1, canCount: false }, there.stop);
});

mediaContract('a stand-in that hears and does not say so', 'transcriptions', async () => {
  const there = await startHearingStandIn({ models: ['whisper-1'], key: KEY });
  return engineAt(there.origin, 'openai', { slots: 1, canCount: false }, there.stop);
});

mediaContract('the whisper.cpp stand-in', 'transcriptions', async () => {
  const there = await startWhisperStandIn({ key: KEY });
  return engineAt(there.origin, 'openai', { id: 'box/whisper', slots: 1, canCount: false }, there.stop);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
