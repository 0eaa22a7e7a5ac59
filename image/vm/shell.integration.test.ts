/** The shell's protocol against a real sh on a socket, as the guest's unit runs one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Shell } from './shell.ts';

let folder: string;
let server: Server;
let child: ChildProcess;
let socket: Socket;
let shell: Shell;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'b3iq-shell-'));
  server = createServer((port) => {
    child = spawn('sh', { stdio: ['pipe', 'pipe', 'pipe'] });
    // A shell that was killed cannot take what is still on its way to it.
    child.stdin?.on('error', () => undefined);
    port.on('error', () => undefined).pipe(child.stdin ?? port);
    child.stdout?.pipe(port, { end: false });
    child.stderr?.pipe(port, { end: false });
    child.on('exit', () => port.end());
  }).listen(join(folder, 'port'));
  await once(server, 'listening');
  socket = connect(join(folder, 'port'));
  shell = new Shell(socket, folder);
});
afterEach(async () => {
  socket.destroy();
  child.kill();
  server.close();
  await rm(folder, { recursive: true });
});

it('gives status and both outputs apart, whatever bytes are in them', async () => {
  await shell.ready(10_000);
  const script = `printf 'one\\n@@ not an answer\\n'; printf 'two' >&2; exit 7`;
  expect(await shell.run(script, 10_000)).toEqual({
    status: 7,
    stdout: 'one\n@@ not an answer\n',
    stderr: 'two',
  });
});

it('takes scripts longer than any buffer on the way', async () => {
  const text = 'ä'.repeat(100_000);
  const { stdout } = await shell.run(`cat <<'END' | wc -c\n${text}\nEND`, 10_000);
  expect(Number(stdout)).toBe(200_001);
});

it('ends a script that takes too long and goes on with the next', async () => {
  expect((await shell.run('exec sleep 60', 1_000)).status).toBe(124);
  expect((await shell.run('echo next', 10_000)).stdout).toBe('next\n');
});

it('runs one script at a time, in the order they were given', async () => {
  const file = join(folder, 'order');
  await Promise.all(['a', 'b', 'c'].map((word) => shell.run(`printf ${word} >>'${file}'`, 10_000)));
  expect((await shell.run(`cat '${file}'`, 10_000)).stdout).toBe('abc');
});

it('says that the machine is gone when it goes in the middle', async () => {
  await shell.ready(10_000);
  const answer = expect(shell.run('exec sleep 5', 10_000)).rejects.toThrow('the machine is gone');
  child.kill('SIGKILL');
  await answer;
});
