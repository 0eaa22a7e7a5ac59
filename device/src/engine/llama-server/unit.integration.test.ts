/** The engine as a unit: the contract over its one door, and what happens when agent, engine or system go their own ways. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../os/clock.ts';
import { memoryLog } from '../../os/log.ts';
import { waitFor } from '../../os/wait-for.ts';
import { engineContract } from '../contract.ts';
import { ask } from '../fixtures/ask.ts';
import { type UnitStandIn, unitEngineMaker } from '../fixtures/llama-server-unit.ts';
import { isAlive, type TestEngine, type TestEngineOptions } from '../fixtures/test-engine.ts';
import { tinyGguf } from '../fixtures/tiny-gguf.ts';
import { createLlamaServerUnit } from './engine.ts';

engineContract('llama-server as a unit', { logprobsOf: 'characters' }, () => unitEngineMaker().make());

const TIMES = { firstDelayMs: 50, maxDelayMs: 200, loadAttempts: 2 };
const CHAT = '/v1/chat/completions';
const HELLO = { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 3 };

interface MadeUnit extends TestEngine {
  readonly units: UnitStandIn;
  readonly options: TestEngineOptions;
}
let open: MadeUnit[] = [];
afterEach(async () => {
  await Promise.all(open.map((each) => each.remove()));
  open = [];
});

async function makeUnit(file?: Uint8Array, more: Partial<TestEngineOptions> = {}): Promise<MadeUnit> {
  const { make: makeOne, made } = unitEngineMaker();
  const engine = await makeOne(file, { times: TIMES, watchEveryMs: 200, ...more });
  const { units, options } = made;
  if (units === undefined || options === undefined) throw new Error('nothing was made');
  return { ...engine, units, options };
}
/** Removed after the test. */
async function make(...given: Parameters<typeof makeUnit>): Promise<MadeUnit> {
  const unit = await makeUnit(...given);
  open.push(unit);
  return unit;
}

/** The native server's process: the one child of the unit's program. */
async function nativePid({ units }: MadeUnit): Promise<number> {
  const children = await readFile(`/proc/${units.pid}/task/${units.pid}/children`, 'utf8');
  return Number(children.trim().split(' ')[0]);
}

function post(socketPath: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path: '/task', method: 'POST', agent: false }, (response) => {
      response.destroy();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Offers a task until the door, which may not be there yet, answers it with `status`. */
function answered(socketPath: string, task: string, status: number): Promise<true> {
  const isSo = () => post(socketPath, task).then((got) => got === status);
  return waitFor(isSo, { timeoutMs: 20_000, what: `the task is answered with ${status}` });
}

describe('an engine in a unit', () => {
  test('has one door, for the owner of its folder and their group', async () => {
    const made = await make();
    await made.engine.start();
    expect((await stat(made.options.socketPath)).mode & 0o777).toBe(0o660);
    // The native server's own door lies where only the unit can go.
    expect((await stat(`${dirname(made.options.socketPath)}/private/native.sock`)).mode & 0o077).toBe(0);
  });

  test('is found again by an agent that was restarted, without loading anew', async () => {
    const made = await make();
    await made.engine.start();
    const pid = made.units.pid;
    const started = made.units.started.length;
    const again = createLlamaServerUnit({
      ...made.options,
      units: made.units,
      instance: 0,
      clock: systemClock,
      log: memoryLog(),
    });
    await again.start();
    expect(again.state()).toEqual({ name: 'ready' });
    expect(made.units.pid).toBe(pid);
    expect(made.units.started).toHaveLength(started);
    expect((await ask(again, CHAT, HELLO)).status).toBe(200);
  });

  test('is replaced when it serves what a former agent asked', async () => {
    const made = await make();
    await made.units.start('b3iq-start-engine@0');
    const { socketPath, modelPath } = made.options;
    const former = JSON.stringify(TASK({ modelPath, contextTokens: 256 }));
    await answered(socketPath, former, 200);
    const { pid } = made.units;
    await made.engine.start();
    expect(made.engine.state()).toEqual({ name: 'ready' });
    expect(made.units.pid).not.toBe(pid);
  });

  test('comes back when its native server dies, and says how that died', async () => {
    const made = await make();
    await made.engine.start();
    const reasons: (string | undefined)[] = [];
    made.engine.onChange(() => reasons.push(made.engine.state().reason));
    process.kill(await nativePid(made), 'SIGSEGV');
    await waitFor(() => reasons.length > 1 && made.engine.state().name === 'ready', {
      timeoutMs: 20_000,
      what: 'it is ready again',
    });
    expect(reasons[0]).toBe('The engine ended unexpectedly (SIGSEGV). It is started again.');
    expect((await ask(made.engine, CHAT, HELLO)).status).toBe(200);
  });

  test('comes back when the whole unit is killed', async () => {
    const made = await make();
    await made.engine.start();
    const { pid } = made.units;
    if (pid === undefined) throw new Error('no process');
    process.kill(-pid, 'SIGKILL');
    await waitFor(() => made.engine.state().name === 'ready' && made.units.pid !== pid, {
      timeoutMs: 20_000,
      what: 'it is ready again',
    });
  });

  test('refuses a damaged file with a sentence, and serves a good one in its place', async () => {
    const file = tinyGguf();
    const made = await make(file.slice(0, file.length / 2), { times: { ...TIMES, failedDelayMs: 300 } });
    await made.engine.start();
    expect(made.engine.state()).toMatchObject({ name: 'failed', code: 'model_file_refused' });
    expect(made.engine.state().reason).toContain('tiny.gguf');
    expect(made.engine.state().reason).not.toContain(made.folder);
    await writeFile(made.modelPath, file);
    await waitFor(() => made.engine.state().name === 'ready', {
      timeoutMs: 20_000,
      what: 'the good file is served',
    });
  });

  test('that the system does not start is told as such, and tried again', async () => {
    const made = await make(undefined, { times: { ...TIMES, failedDelayMs: 300 } });
    made.units.fails.add('b3iq-start-engine@0');
    await made.engine.start();
    expect(made.engine.state()).toMatchObject({ name: 'failed', code: 'engine_unavailable' });
    expect(made.engine.state().reason).toContain('The system did not start');
    made.units.fails.clear();
    await waitFor(() => made.engine.state().name === 'ready', { timeoutMs: 20_000, what: 'it is ready' });
  });

  test('leaves nothing running when it is stopped, in the middle of loading too', async () => {
    const made = await make();
    const starting = made.engine.start();
    const pid = await waitFor(() => made.units.pid, { timeoutMs: 5_000, what: 'the unit runs' });
    await made.engine.stop();
    await starting;
    expect(isAlive(-pid)).toBe(false);
  });
});

describe('a unit without a task', () => {
  let made: MadeUnit;
  beforeAll(async () => {
    made = await makeUnit();
    await made.units.start('b3iq-start-engine@0');
  });
  afterAll(() => made.remove());

  test.each([
    ['no JSON', 'x'],
    ['another shape', '{}'],
    ['a path that is not absolute', JSON.stringify(TASK({ modelPath: 'tiny.gguf' }))],
    ['a further key', JSON.stringify({ ...TASK({}), command: '/bin/sh' })],
  ])('takes no task of %s', async (_title, body) => {
    await answered(made.options.socketPath, body, 400);
  });
});

function TASK(more: object): object {
  return { modelId: 'x', modelPath: '/x', contextTokens: 1, slots: 1, threads: 1, gpu: false, ...more };
}
