import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FakeAgent, json, refuse } from '../fakes/agent.ts';
import { commandLine } from '../fakes/command-line.ts';

const cli = commandLine();

describe('an agent that is not there, or not itself', () => {
  test('no socket is exit 3 with a way out, also as JSON', async () => {
    const ran = await cli.host(`status --state-dir ${cli.folder}`);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(/^No agent is running: .+ Start it with .+ \(agent_unreachable\)\n$/);
    const data = await cli.host(`status --state-dir ${cli.folder} --json`);
    expect(data.stdout).toBe('');
    expect(JSON.parse(data.stderr).error).toMatchObject({ status: 503, code: 'agent_unreachable' });
  });

  test('a file in the socket’s place, and a path too long for one, are named', async () => {
    await cli.file('control.sock', '');
    expect((await cli.host(`status --state-dir ${cli.folder}`)).stderr).toContain('is not a socket');
    const long = join(cli.folder, 'x'.repeat(120));
    expect((await cli.host(`status --state-dir ${long}`)).stderr).toContain('too long for a socket');
  });

  test('identity changes are refused while it runs', async () => {
    cli.agent.on('GET /health', { json: { status: 'ok', version: '0.1.0', state: 'claimed' } });
    const ran = await cli.host('identity renew --yes');
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('(agent_running)');
    expect((await cli.host('identity renew')).exitCode).toBe(2);
  });

  test.each([
    ['not JSON', (r) => void r.end('<html>')],
    ['another shape', json(200, { name: 7 })],
    ['an endless body', (r) => void r.end(Buffer.alloc(17 << 20, '7'))],
    ['a refusal without a reason', json(500, { oops: true })],
    ['10,000 nested arrays', (r) => void r.end('['.repeat(10_000))],
    ['prototype tricks', json(403, JSON.parse('{"__proto__":{"error":{"code":"x","detail":"y"}}}'))],
  ] satisfies [string, Parameters<FakeAgent['on']>[1]][])(
    '%s is an answer that is not understood',
    async (_, reply) => {
      cli.agent.on('GET /api/status', reply);
      const ran = await cli.host('status');
      expect(ran).toMatchObject({ exitCode: 1, stdout: '' });
      expect(ran.stderr).toContain('(agent_answer_invalid)');
    },
  );

  test('something that speaks no HTTP is exit 3', async () => {
    const state = join(cli.folder, 's');
    await mkdir(state);
    const server = createServer((socket) => void socket.resume().end('220 hello\r\n'));
    await new Promise<void>((resolve) => server.listen(join(state, 'control.sock'), resolve));
    const ran = await cli.host(`status --state-dir ${state}`);
    await new Promise((resolve) => server.close(resolve));
    expect(ran.exitCode).toBe(3);
  });

  test('a refusal cannot write to the terminal', async () => {
    cli.agent.on('GET /api/status', refuse(403, 'node_unclaimed', 'No\u001b[2J owner\nyet.'));
    const { stderr } = await cli.host('status');
    expect(stderr).toMatch(/^No\[2J owner yet\. .+ \(node_unclaimed\)\n$/);
  });
});
