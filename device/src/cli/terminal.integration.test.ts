import { describe, expect, test } from 'vitest';
import { waitFor } from '../os/wait-for.ts';
import { chunk, refuse, streaming } from './fakes/agent.ts';
import { commandLine } from './fakes/command-line.ts';
import { drained, fakeIo } from './fakes/io.ts';
import { runCli } from './main.ts';

const cli = commandLine();

describe('at a terminal', () => {
  const terminal = () => fakeIo({ env: { B3IQ_STATE_DIR: cli.agent.stateDir }, isTTY: true });
  const seen = (io: ReturnType<typeof terminal>, text: string, times = 1) =>
    waitFor(() => (io.written().stdout + io.written().stderr).split(text).length > times, {
      timeoutMs: 10_000,
      what: `${text} on the terminal`,
    });

  test('a conversation remembers, stops at Ctrl-C, forgets at /clear and ends at /exit', async () => {
    cli.agent.on('POST /api/playground/chat', streaming(['I am \u001b[31mB3IQ', '.']));
    const io = terminal();
    const running = runCli(['chat'], io);
    await seen(io, 'Ctrl-D ends');
    io.stdin.write('Who are you?\n');
    await seen(io, 'I am [31mB3IQ.');
    await seen(io, '2 tokens · receipt rcpt_');
    cli.agent.on('POST /api/playground/chat', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk('Once upon'));
    });
    io.stdin.write('A story\n');
    await seen(io, 'Once upon');
    io.stdin.write('\u0003');
    await seen(io, 'stopped');
    cli.agent.on('POST /api/playground/chat', refuse(400, 'context_length_exceeded', 'Too long.'));
    io.stdin.write('More\n');
    await seen(io, '(context_length_exceeded)');
    cli.agent.on('POST /api/playground/chat', streaming(['Fine.']));
    io.stdin.write('And?\n');
    await seen(io, 'Fine.');
    const roles = JSON.parse(cli.agent.heard.at(-1)?.body ?? '').messages.map(
      (m: { content: string }) => m.content,
    );
    expect(roles).toEqual(['Who are you?', 'I am \u001b[31mB3IQ.', 'A story', 'Once upon', 'And?']);
    await seen(io, 'rcpt_', 2);
    io.stdin.write('/clear\nNew\n');
    await seen(io, 'Fine.', 2);
    expect(JSON.parse(cli.agent.heard.at(-1)?.body ?? '').messages).toHaveLength(1);
    io.stdin.write('/exit\n');
    expect(await running).toBe(0);
  });

  test.each(['\u0003', '\u0004'])('%j with nothing running ends the conversation', async (key) => {
    const io = terminal();
    const running = runCli(['chat', '--model', 'm'], io);
    await seen(io, 'Ctrl-D ends');
    io.stdin.write(key);
    expect(await running).toBe(0);
  });

  test('one question can be stopped', async () => {
    cli.agent.on('POST /api/playground/chat', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk('begun'));
    });
    const io = terminal();
    const running = runCli(['chat', 'hi'], io);
    await seen(io, 'begun');
    io.interrupt();
    expect(await running).toBe(130);
  });

  test('a password is asked for twice and never shown', async () => {
    const answer = { owner: { name: 'Anna' }, recovery_code: 'RECO-VERY-CODE' };
    cli.agent.on('POST /api/setup/token', { json: { token: 'minted', url: 'http://x', expires_in_s: 60 } });
    cli.agent.on('POST /api/setup/claim', { status: 201, json: answer });
    const io = terminal();
    const running = runCli(['claim', '--owner', 'Anna', '--mint'], io);
    await seen(io, 'Type the password');
    io.stdin.write('correct horse\r');
    await seen(io, 'Once more');
    io.stdin.write('correct horse\r');
    expect(await running).toBe(0);
    const { stdout, stderr } = await drained(io);
    expect(stdout).toBe('RECO-VERY-CODE\n');
    expect(stdout + stderr).not.toContain('correct');
    expect(JSON.parse(cli.agent.heard.at(-1)?.body ?? '').owner.password).toBe('correct horse');
  });

  test('two passwords that differ, or Ctrl-C, change nothing', async () => {
    for (const second of ['correct house\r', '\u0003']) {
      const io = terminal();
      const running = runCli(['claim', '--owner', 'Anna', '--mint'], io);
      await seen(io, 'Type the password');
      io.stdin.write('correct horse\r');
      await seen(io, 'Once more');
      io.stdin.write(second);
      expect(await running).toBe(2);
    }
    expect(cli.agent.heard).toEqual([]);
  });

  test('colour stays away when NO_COLOR or TERM=dumb asks for it', async () => {
    expect((await cli.host('models', { isTTY: true })).stdout).toContain('\u001b[1m');
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }])
      expect((await cli.host('models', { isTTY: true, env })).stdout).not.toContain('\u001b');
  });
});
