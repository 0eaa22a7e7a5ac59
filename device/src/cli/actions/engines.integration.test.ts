import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { refuse } from '../fakes/agent.ts';
import { commandLine } from '../fakes/command-line.ts';

const cli = commandLine();
const engine = {
  name: 'gpu',
  kind: 'openai',
  url: 'https://gpu.local:8000',
  has_key: true,
  state: 'ready',
  reason: null,
  models: ['gpu/llama'],
  counts_prompts: true,
};

describe('engines', () => {
  test('are listed with those that were found and how to use them; hostile names stay on their line', async () => {
    const away = {
      ...engine,
      name: 'box',
      state: 'failed',
      reason: 'Nothing\u001b[2J\nanswers.',
      models: [],
    };
    const offered = [{ kind: 'ollama', url: 'http://127.0.0.1:11434', models: ['a', 'b'] }];
    cli.agent.on('GET /api/engines', { json: { engines: [engine, away], offered } });
    const ran = await cli.host('engines list');
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(ran.stdout).toContain('gpu/llama');
    expect(ran.stdout).not.toContain('\u001b[2J');
    expect(ran.stderr).toContain('engines add NAME http://127.0.0.1:11434 --kind ollama');
    expect(JSON.parse((await cli.host('engines list --json')).stdout)).toMatchObject({ offered });
  });

  test('are added with a key from a file, which is shown nowhere', async () => {
    cli.agent.on('POST /api/engines', { status: 201, json: engine });
    const file = join(cli.folder, 'engine-key');
    await writeFile(file, 'sk-planted\n', { mode: 0o600 });
    const ran = await cli.host(`engines add gpu https://gpu.local:8000/v1 --api-key-file ${file}`);
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout + ran.stderr).toContain('gpu/llama');
    expect(ran.stdout + ran.stderr).not.toContain('sk-planted');
    expect(JSON.parse(cli.agent.heard[0]?.body ?? '')).toEqual({
      name: 'gpu',
      kind: 'openai',
      url: 'https://gpu.local:8000/v1',
      api_key: 'sk-planted',
    });
  });

  test('one that does not answer yet is told as such, and one that cannot count too', async () => {
    cli.agent.on('POST /api/engines', {
      status: 201,
      json: { ...engine, state: 'failed', reason: 'Silence.' },
    });
    expect((await cli.host('engines add gpu http://gpu.local')).stderr).toContain('Silence.');
    cli.agent.on('POST /api/engines', { status: 201, json: { ...engine, counts_prompts: false } });
    expect((await cli.host('engines add gpu http://gpu.local')).stderr).toContain('does not count prompts');
  });

  test.each([
    'engines add Bad http://gpu.local',
    'engines add gpu',
    'engines add gpu http://gpu.local --kind magic',
    'engines add gpu http://anna:secret@gpu.local',
    'engines add gpu http://gpu.local --api-key sk-secret',
    'engines remove',
  ])('`%s` is refused before anything is asked', async (line) => {
    const ran = await cli.host(line);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).not.toContain('secret');
    expect(cli.agent.heard).toEqual([]);
  });

  test('are removed, and one that is not there is told', async () => {
    cli.agent.on('DELETE /api/engines/gpu', { json: { name: 'gpu' } });
    expect((await cli.host('engines remove gpu')).exitCode).toBe(0);
    cli.agent.on('DELETE /api/engines/gpu', refuse(404, 'engine_not_found', 'No engine of that name'));
    expect((await cli.host('engines remove gpu')).exitCode).toBe(1);
  });
});
