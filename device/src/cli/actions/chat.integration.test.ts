import { describe, expect, test } from 'vitest';
import { chunk, refuse, streaming } from '../fakes/agent.ts';
import { commandLine } from '../fakes/command-line.ts';

const cli = commandLine();
const SECRET = `b3iq_local_${'S'.repeat(49)}`;

describe('chat', () => {
  test('streams an answer through the control socket', async () => {
    cli.agent.on('POST /api/playground/chat', streaming(['Hel', 'lo']));
    const ran = await cli.start(['chat', '--system', 'Be brief.', '--max-tokens', '9', 'Hi', 'there']);
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'Hello\n', stderr: '' });
    const { headers, body } = cli.agent.heard.at(-1) ?? { headers: {}, body: '{}' };
    expect(headers.authorization).toBeUndefined();
    expect(JSON.parse(body)).toEqual({
      model: 'b3iq-selftest',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi there' },
      ],
      max_tokens: 9,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('with a key takes the public road; the prompt comes from stdin', async () => {
    cli.agent.on('GET /v1/models', { json: { object: 'list', data: [{ id: 'other' }] } });
    cli.agent.on('POST /v1/chat/completions', streaming(['Yes.\n']));
    const key = await cli.file('key', `${SECRET}\n`);
    const ran = await cli.host(`chat --api-key-file ${key}`, { input: 'Grüße?\n' });
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'Yes.\n' });
    const last = cli.agent.heard.at(-1);
    expect(last?.headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(JSON.parse(last?.body ?? '')).toMatchObject({
      model: 'other',
      messages: [{ role: 'user', content: 'Grüße?\n' }],
    });
  });

  test('needs no agent’s socket when the address is given, and takes the key from stdin', async () => {
    cli.agent.on('POST /v1/chat/completions', streaming(['ok']));
    const ran = await cli.start(
      [
        'chat',
        '--state-dir',
        cli.folder,
        '--endpoint',
        cli.agent.origin,
        '--api-key-stdin',
        '--model',
        'm',
        'hi',
      ],
      { input: SECRET },
    );
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'ok\n' });
  });

  test('as JSON gives the whole answer, or one object a line', async () => {
    const whole = { id: 'c', choices: [{ message: { role: 'assistant', content: 'Hi' } }], usage: {} };
    cli.agent.on('POST /api/playground/chat', { json: whole });
    expect(JSON.parse((await cli.host('chat --json hi')).stdout)).toEqual(whole);
    expect(JSON.parse(cli.agent.heard.at(-1)?.body ?? '')).not.toHaveProperty('stream');
    cli.agent.on('POST /api/playground/chat', streaming(['a', 'b']));
    const lines = (await cli.host('chat --json --stream hi')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.choices[0]?.delta?.content)).toEqual(['a', 'b', undefined]);
  });

  test('an answer that breaks off, or ends in an error, is a failure after what came', async () => {
    cli.agent.on('POST /api/playground/chat', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(chunk('Half'));
    });
    const cut = await cli.host('chat hi');
    expect(cut).toMatchObject({ exitCode: 1, stdout: 'Half' });
    expect(cut.stderr).toContain('(engine_failed)');
    cli.agent.on('POST /api/playground/chat', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk('Half'), () => response.destroy());
    });
    expect((await cli.host('chat hi')).stderr).toContain('(engine_failed)');
    cli.agent.on('POST /api/playground/chat', (response) => {
      const error = {
        message: 'm',
        type: 'api_error',
        b3iq: { detail: 'The engine died.', code: 'engine_failed' },
      };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${JSON.stringify({ error })}\n\ndata: [DONE]\n\n`);
    });
    expect((await cli.host('chat hi')).stderr).toContain('The engine died.');
  });

  test('a refusal with a waiting time says how long', async () => {
    cli.agent.on('POST /api/playground/chat', (response) => {
      response.setHeader('retry-after', '7');
      return refuse(429, 'queue_full', 'The machine is busy.')(response, '');
    });
    expect((await cli.host('chat hi')).stderr).toBe('The machine is busy. Try again in 7 s. (queue_full)\n');
  });

  test('a huge prompt is refused before it is held', async () => {
    const ran = await cli.host('chat', { input: Buffer.alloc(5 << 20, 'x') });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('4,194,304 bytes');
  });
});
