import { link, mkdtemp, open, rename, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Door, listenOnDescriptor, listenOnPort, listenOnSocket, makeDoor } from './doors.ts';
import { waitFor } from './os/wait-for.ts';

const doors: Door[] = [];
const door = (listener: Parameters<typeof makeDoor>[0] = (_, response) => response.end('ok')) => {
  const made = makeDoor(listener, { maxBodyBytes: 1_024 });
  doors.push(made);
  return made;
};
afterEach(() => Promise.all(doors.splice(0).map((open) => open.close(0))));
const socketPath = async () => join(await mkdtemp(join(tmpdir(), 'b3iq-doors-')), 'control.sock');

test('the socket is for its user alone, and keeps a second agent out', async () => {
  const path = await socketPath();
  await listenOnSocket(door().server, path);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await expect(listenOnSocket(door().server, path)).rejects.toMatchObject({ code: 'agent_running' });
});

test('a socket left by a killed agent is replaced', async () => {
  const path = await socketPath();
  const dead = door();
  await listenOnSocket(dead.server, path);
  // What SIGKILL leaves: the file, and nobody behind it.
  await link(path, `${path}.kept`);
  await dead.close(0);
  await rename(`${path}.kept`, path);
  await listenOnSocket(door().server, path);
});

test('a port that is taken is named with what to do', async () => {
  const first = door();
  await listenOnPort(first.server, '127.0.0.1', 0);
  const { port } = first.server.address() as AddressInfo; // a TCP server's address is one
  await expect(listenOnPort(door().server, '127.0.0.1', port)).rejects.toMatchObject({
    code: 'config_invalid',
    detail: expect.stringContaining(`Port ${port} is used by another program`),
  });
});

test('closing waits for a running answer, not for a connection that never asked', async () => {
  let finish = () => {};
  const slow = door((_, response) => {
    response.write('first, ');
    finish = () => response.end('last');
  });
  const origin = new URL(await listenOnPort(slow.server, '127.0.0.1', 0));
  const silent = connect(Number(origin.port), '127.0.0.1');
  silent.on('error', () => {}); // it is cut, which is the point
  let text = '';
  request(origin, (response) => response.on('data', (part) => (text += part))).end();
  await waitFor(() => text === 'first, ', { timeoutMs: 5_000, what: 'the answer to begin' });
  const closing = slow.close(60_000);
  finish();
  await closing;
  await waitFor(() => text === 'first, last', { timeoutMs: 5_000, what: 'the answer to end' });
});

test('an answer that does not end is cut after the grace', async () => {
  const endless = door((_, response) => response.write('for ever'));
  const origin = await listenOnPort(endless.server, '127.0.0.1', 0);
  let isCut = false;
  request(origin, (response) => response.resume().on('error', () => (isCut = true)))
    .end()
    .on('error', () => {});
  await waitFor(() => connectionsOf(endless), {
    timeoutMs: 5_000,
    what: 'a connection',
  });
  await endless.close(50);
  await waitFor(() => isCut, { timeoutMs: 5_000, what: 'the cut' });
});

function connectionsOf({ server }: Door): Promise<boolean> {
  return new Promise((resolve) => server.getConnections((_, count) => resolve(count > 0)));
}

test('what a service manager hands over must be a listening socket', async () => {
  const file = await open(join(await mkdtemp(join(tmpdir(), 'b3iq-doors-')), 'file'), 'w');
  try {
    await expect(listenOnDescriptor(door().server, 'http', file.fd)).rejects.toMatchObject({
      code: 'config_invalid',
      detail: expect.stringContaining('http'),
    });
  } finally {
    await file.close();
  }
});

test('a door that is not open lets go of whoever comes, without a word', async () => {
  let isOpen = false;
  const made = makeDoor((_, response) => response.end('ok'), { maxBodyBytes: 1_024, isOpen: () => isOpen });
  doors.push(made);
  const origin = await listenOnPort(made.server, '127.0.0.1', 0);
  await expect(fetch(origin)).rejects.toThrow();
  isOpen = true;
  expect(await (await fetch(origin)).text()).toBe('ok');
});
