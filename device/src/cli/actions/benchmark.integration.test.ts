import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fakeRun } from '../../benchmark/fake.ts';
import { sentencesOf } from '../../benchmark/judge.ts';
import { waitFor } from '../../os/wait-for.ts';
import { refuse } from '../fakes/agent.ts';
import { commandLine } from '../fakes/command-line.ts';
import { drained, fakeIo } from '../fakes/io.ts';
import { runCli } from '../main.ts';

const cli = commandLine();
const progress = {
  model: 'example-7b-instruct',
  label: 'Example 7B Instruct',
  step: 'write',
  streams: 2,
  done: 9,
  total: 16,
  seconds_left: 95,
  disturbed: false,
};
const run = { ...fakeRun(), expectation: null, sentences: sentencesOf(fakeRun(), null) };
const idle = { progress: null, problem: null, runs: [] };
const started = { ...idle, progress };

/** Nothing before, then what `start` gives, then `end`. */
function script(end: object): void {
  let asked = 0;
  cli.agent.on('GET /api/benchmark', (response) => {
    asked += 1;
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(asked === 1 ? idle : end));
  });
  cli.agent.on('POST /api/benchmark/start', { status: 202, json: started });
  cli.agent.on('POST /api/benchmark/stop', { json: idle });
}

describe('benchmark', () => {
  test('follows the measuring and says in plain words what came', async () => {
    script({ ...idle, runs: [run] });
    const shown = await cli.host('benchmark --model example-7b-instruct');
    expect(cli.agent.heard.find(({ method }) => method === 'POST')?.body).toBe(
      '{"model":"example-7b-instruct","anyway":false}',
    );
    expect(shown.exitCode).toBe(0);
    expect(shown.stderr).toContain('Example 7B Instruct: writing, 2 at once (10 of 16, about 1 min left)');
    expect(shown.stdout).toContain('It writes about 40 words a second: a page in 12 s.');
    expect(shown.stdout).toContain('54.2 tokens/s');
  });

  test('tells why nothing came, also by exit status', async () => {
    script({ ...idle, problem: 'Example 7B Instruct: it fell. Nothing was kept of it.' });
    expect(await cli.host('benchmark')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('it fell'),
    });
  });

  test('passes a refusal on', async () => {
    script(idle);
    cli.agent.on(
      'POST /api/benchmark/start',
      refuse(409, 'benchmark_busy', 'The machine is serving others.'),
    );
    expect(await cli.host('benchmark')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('serving others'),
    });
  });

  test('ends the measuring on the machine with Ctrl-C', async () => {
    script(started);
    const io = fakeIo({ env: { B3IQ_STATE_DIR: cli.agent.stateDir } });
    const ended = runCli(['benchmark'], io);
    await waitFor(() => cli.agent.heard.length > 1, { timeoutMs: 10_000, what: 'the start' });
    await waitFor(() => io.written().stderr !== '', { timeoutMs: 10_000, what: 'the first step' });
    io.interrupt();
    expect(await ended).toBe(130);
    expect(cli.agent.heard.at(-1)).toMatchObject({ method: 'POST', path: '/api/benchmark/stop' });
    expect((await drained(io)).stderr).toContain('Stopped.');
  });

  test('lists what was measured before', async () => {
    cli.agent.on('GET /api/benchmark', { json: { ...idle, runs: [{ ...run, disturbed: true }] } });
    expect((await cli.host('benchmark list')).stdout).toMatch(
      /\nbench_….{6} {2}4 h ago {2}example-7b-instruct +54\.2 +1,810\.5 +212 ms +4 × 37\.6 +disturbed\n$/,
    );
    cli.agent.on('GET /api/benchmark', { json: idle });
    expect((await cli.host('benchmark list')).stderr).toContain('Nothing was measured yet');
  });

  test('writes the signed document to a new file', async () => {
    const document = {
      payload: 'e30=',
      payloadType: 'application/vnd.b3iq.benchmark.v1+json',
      signatures: [],
    };
    cli.agent.on('GET /api/benchmark', { json: { ...idle, runs: [run] } });
    cli.agent.on(`GET /api/benchmark/${run.id}`, { json: document });
    const to = join(cli.folder, 'benchmark.json');
    expect(await cli.host(`benchmark export --out ${to}`)).toMatchObject({ exitCode: 0, stdout: '' });
    expect(JSON.parse(await readFile(to, 'utf8'))).toEqual(document);
    expect(JSON.parse((await cli.host(`benchmark export ${run.id.slice(-6)}`)).stdout)).toEqual(document);
    expect(await cli.host('benchmark export bench_nothing')).toMatchObject({ exitCode: 1 });
    expect(await cli.host(`benchmark export --out ${to}`)).toMatchObject({ exitCode: 2 });
  });
});
