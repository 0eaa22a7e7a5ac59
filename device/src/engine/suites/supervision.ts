/** What happens to the agent when the engine's process dies, hangs, is left behind or is given a hostile file. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { waitFor } from '../../os/wait-for.ts';
import { ask } from '../fixtures/ask.ts';
import {
  isAlive,
  type MakeTestEngine,
  type TestEngine,
  type TestEngineOptions,
} from '../fixtures/test-engine.ts';
import { tinyGguf } from '../fixtures/tiny-gguf.ts';

/** Bounds of seconds instead of minutes; two crashes while loading are enough. */
const TIMES = { firstDelayMs: 50, maxDelayMs: 200, silenceMs: 1_500, loadAttempts: 2 };
const OPTIONS = { times: TIMES, watchEveryMs: 200 };
const CHAT = '/v1/chat/completions';
const HELLO = { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 3 };

async function pidOf({ engine }: TestEngine): Promise<number> {
  return waitFor(() => engine.childPid(), { timeoutMs: 5_000, what: 'the engine has a process' });
}

/** Names of the states in the order they were shown. */
function statesOf({ engine }: TestEngine): string[] {
  const seen: string[] = [engine.state().name];
  engine.onChange(() => {
    if (seen.at(-1) !== engine.state().name) seen.push(engine.state().name);
  });
  return seen;
}

function expectRefused({ engine, folder }: TestEngine): void {
  expect(engine.state()).toMatchObject({ name: 'failed', code: 'model_file_refused' });
  expect(engine.state().reason).toContain('tiny.gguf');
  expect(engine.state().reason).not.toContain(folder);
}

/** Registers the suite. @param source  where `makeEngine` stands, for an agent of its own that is killed; whether a header with no attention
 *  heads kills its loader or is refused */
export function engineSupervision(
  name: string,
  makeEngine: MakeTestEngine,
  source: { readonly module: string; readonly name: string; readonly isKilledByHeader: boolean },
): void {
  describe(`${name} under supervision`, () => {
    let open: TestEngine[] = [];
    afterEach(async () => {
      await Promise.all(open.map((each) => each.remove()));
      open = [];
    });

    async function make(
      file?: Uint8Array | string,
      more: Partial<TestEngineOptions> = {},
    ): Promise<TestEngine> {
      const made = await makeEngine(file, { ...OPTIONS, ...more });
      open.push(made);
      return made;
    }

    describe('a running engine', () => {
      let made: TestEngine;
      beforeAll(async () => {
        vi.stubEnv('B3IQ_PLANTED_SECRET', 'planted-4711');
        const sha256 = createHash('sha256').update(tinyGguf()).digest('hex');
        made = await makeEngine(tinyGguf(), { ...OPTIONS, sha256 });
        await made.engine.start();
        vi.unstubAllEnvs();
      });
      afterAll(() => made.remove());

      test('listens where this user alone may knock', async () => {
        expect((await stat(join(made.folder, 'run'))).mode & 0o777).toBe(0o700);
        expect((await stat(join(made.folder, 'run', 'engine.sock'))).mode & 0o777).toBe(0o600);
      });

      test('sees nothing of the agent’s environment', async () => {
        const environment = await readFile(`/proc/${await pidOf(made)}/environ`, 'utf8');
        expect(environment).not.toContain('planted-4711');
        expect(environment).toContain('OMP_WAIT_POLICY=passive');
      });

      test('is started again when it is killed, and says why in the meantime', async () => {
        const seen = statesOf(made);
        const reasons: (string | undefined)[] = [];
        made.engine.onChange(() => reasons.push(made.engine.state().reason));
        process.kill(await pidOf(made), 'SIGKILL');
        await waitFor(() => seen.at(-1) === 'ready' && seen.length > 1, {
          timeoutMs: 20_000,
          what: 'it is ready again',
        });
        expect(seen).toEqual(['ready', 'restarting', 'ready']);
        expect(reasons[0]).toBe('The engine ended unexpectedly (SIGKILL). It is started again.');
        expect((await ask(made.engine, CHAT, HELLO)).status).toBe(200);
      });

      test('is killed by the watchdog when it stands still, and started again', async () => {
        const seen = statesOf(made);
        const pid = await pidOf(made);
        process.kill(pid, 'SIGSTOP');
        await waitFor(() => seen.at(-1) === 'ready' && seen.length > 1, {
          timeoutMs: 20_000,
          what: 'it is ready again',
        });
        expect(isAlive(pid)).toBe(false);
        expect(made.log.lines.join('')).toContain('The engine did not respond.');
      });

      test('writes neither prompts nor paths into the log', async () => {
        await ask(made.engine, CHAT, {
          messages: [{ role: 'user', content: 'planted-prompt' }],
          max_tokens: 2,
        });
        expect(made.log.lines.join('')).not.toContain('planted-prompt');
        expect(made.log.lines.join('')).not.toContain(made.folder);
      });

      test('leaves no process and no socket when it is stopped, in the middle of an answer and of loading', async () => {
        const ready = await pidOf(made);
        const cut = ask(made.engine, CHAT, { ...HELLO, max_tokens: 400, n: 8 }).catch(() => 'cut off');
        await made.engine.stop();
        expect(isAlive(ready)).toBe(false);
        expect(await cut).toBeDefined();
        await expect(stat(join(made.folder, 'run', 'engine.sock'))).rejects.toThrow();
        const starting = made.engine.start();
        const loading = await pidOf(made);
        await made.engine.stop();
        await starting;
        expect(isAlive(loading)).toBe(false);
        expect(made.engine.state().name).toBe('stopped');
      });
    });

    test('an agent killed outright leaves no engine behind', async () => {
      const made = await make();
      const script = `
        import { ${source.name} as make } from ${JSON.stringify(source.module)};
        const { engine } = await make(process.argv[1], { socketPath: process.argv[2] });
        await engine.start();
        console.log(engine.childPid());
        setInterval(() => {}, 1000);`;
      const agent = execa(
        process.execPath,
        ['--input-type=module', '-e', script, made.modelPath, join(made.folder, 'orphan.sock')],
        { reject: false },
      );
      const [line] = await once(agent.stdout, 'data');
      const pid = Number(line);
      expect(isAlive(-pid)).toBe(true); // the whole group
      agent.kill('SIGKILL');
      await waitFor(() => !isAlive(-pid), { timeoutMs: 5_000, what: 'the engine ended with its agent' });
    });

    test('a file whose header its native loader cannot bear costs only the child; a good one in its place is found', async () => {
      const killer = tinyGguf({ metadata: { 'llama.attention.head_count': { u32: 0 } } });
      const made = await make(killer, { times: { ...TIMES, failedDelayMs: 200 } });
      const seen = statesOf(made);
      await made.engine.start();
      expect(made.engine.state()).toMatchObject({ name: 'failed', code: 'model_file_refused' });
      expect(made.engine.state().reason).toContain('tiny.gguf');
      // A crash is tried again, a refusal is not.
      expect(seen.includes('restarting')).toBe(source.isKilledByHeader);
      await expect(
        made.engine.countPrompt(CHAT, Buffer.from('{}'), AbortSignal.timeout(1_000)),
      ).rejects.toMatchObject({ code: 'engine_unavailable' });
      await writeFile(made.modelPath, tinyGguf());
      await waitFor(() => made.engine.state().name === 'ready', {
        timeoutMs: 20_000,
        what: 'the good file is served',
      });
    });

    // The other kinds of damage stand in `refusal.integration.test.ts`; these are seen before a process is spent on them.
    test.for<[string, Uint8Array]>([
      ['of text', new TextEncoder().encode('not a model at all, just words. '.repeat(20))],
      ['of nothing', new Uint8Array(0)],
      ['cut off', tinyGguf().slice(0, tinyGguf().length / 2)],
      ['of other bytes than expected', tinyGguf({ seed: 2 })],
    ])('a file %s is refused without a process', async ([, file], { expect }) => {
      const sha256 = createHash('sha256').update(tinyGguf()).digest('hex');
      const made = await make(file, { sha256 });
      await made.engine.start();
      expectRefused(made);
      expect(made.log.lines.join('')).not.toContain('engine.spawned');
    });

    test('a file the loader refuses is refused with a sentence that names it, and its process is gone', async () => {
      const made = await make(tinyGguf({ metadata: { 'general.architecture': { text: 'nonsense' } } }));
      await made.engine.start();
      expectRefused(made);
      expect(made.log.lines.join('')).toContain('engine.spawned');
      await waitFor(() => made.engine.childPid() === undefined, {
        timeoutMs: 5_000,
        what: 'the process ended',
      });
    });
  });
}
