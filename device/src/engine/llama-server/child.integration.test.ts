/** What a person is told when the native server is missing, falls, stands still or has less to give than was asked. Programs in
 *  its place do what a real one does when things go wrong. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { llamaServerCommand } from '../fixtures/llama-server.ts';
import { type TestEngine, type TestEngineOptions, testEngineMaker } from '../fixtures/test-engine.ts';
import { createLlamaServerChild } from './engine.ts';

const TIMES = { firstDelayMs: 50, maxDelayMs: 200, loadAttempts: 2 };
let made: (TestEngine & { readonly scripts: string }) | undefined;
afterEach(async () => {
  await made?.remove();
  if (made !== undefined) await rm(made.scripts, { recursive: true, force: true });
  made = undefined;
});

/** @param command  a script's text, or the path of a program */
async function make(command: string, more: Partial<TestEngineOptions> = {}) {
  const scripts = await mkdtemp(join(tmpdir(), 'b3iq-scripts-'));
  const script = join(scripts, 'llama-server');
  if (command.startsWith('#!')) {
    await writeFile(script, command);
    await chmod(script, 0o755);
  }
  const path = command.startsWith('#!') ? script : command;
  const makeEngine = testEngineMaker((options) => createLlamaServerChild({ ...options, command: path }));
  const engine = await makeEngine(undefined, { times: TIMES, watchEveryMs: 100, ...more });
  made = { ...engine, scripts };
  return made.engine;
}
function reasonsOf(engine: TestEngine['engine']) {
  const seen: string[] = [];
  engine.onChange(() => seen.push(`${engine.state().name}: ${engine.state().reason ?? ''}`));
  return seen;
}

test.each([
  ['is not there', '/nowhere/llama-server'],
  ['cannot be started', '#!/bin/sh\nexec /nowhere/llama-server "$@"\n'],
])('a native server that %s is no fault of the file', async (_title, command) => {
  const engine = await make(command);
  await engine.start();
  expect(engine.state()).toMatchObject({ name: 'failed', code: 'engine_unavailable' });
  expect(engine.state().reason).toContain('no llama-server');
});

test('one that falls while it loads is tried again, then told as the file’s fault', async () => {
  const engine = await make('#!/bin/sh\nkill -ABRT $$\n');
  const reasons = reasonsOf(engine);
  await engine.start();
  expect(reasons).toContain(
    'restarting: The engine ended unexpectedly (SIGABRT). Loading tiny.gguf is tried again.',
  );
  expect(engine.state()).toMatchObject({ name: 'failed', code: 'model_file_refused' });
});

test('one without memory says so, and not where', async () => {
  const engine = await make('#!/bin/sh\necho "$2: ErrorOutOfDeviceMemory" >&2\nexit 1\n');
  await engine.start();
  expect(engine.state()).toMatchObject({ name: 'failed', code: 'engine_unavailable' });
  expect(engine.state().reason).toContain('not enough memory for tiny.gguf');
});

test('one that stands still while it loads is ended', async () => {
  const engine = await make('#!/bin/sh\nexec sleep 600\n', {
    times: { ...TIMES, loadAttempts: 1, loadStallMs: 1_000 },
  });
  await engine.start();
  expect(engine.state().name).toBe('failed');
  expect(engine.state().reason).toContain('Loading the model did not move on');
});

test('more context than the model was made for is refused with the number it was made for', async () => {
  const engine = await make(llamaServerCommand(), {
    model: {
      id: 'tiny',
      label: 'Tiny test model',
      selfTest: true,
      contextTokens: 1_024,
      sizeBytes: 0,
      capabilities: [],
    },
  });
  await engine.start();
  expect(engine.state()).toMatchObject({ name: 'failed', code: 'config_invalid' });
  expect(engine.state().reason).toContain('512 or less');
});
