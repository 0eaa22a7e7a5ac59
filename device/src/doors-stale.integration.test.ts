import { access, link, mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Door, listenOnSocket, makeDoor } from './doors.ts';

const doors: Door[] = [];
const open = async (path: string) => {
  const door = makeDoor((_, response) => response.end('ok'), { maxBodyBytes: 1_024 });
  doors.push(door);
  await listenOnSocket(door.server, path);
  return door;
};
afterEach(() => Promise.all(doors.splice(0).map((door) => door.close(0))));
const socketPath = async () => join(await mkdtemp(join(tmpdir(), 'b3iq-stale-')), 'control.sock');

test.each(['file', 'folder'])('a %s in the place of the socket is named and stays', async (what) => {
  const path = await socketPath();
  await (what === 'file' ? writeFile(path, 'mine') : mkdir(path));
  await expect(open(path)).rejects.toMatchObject({
    code: 'config_invalid',
    detail: expect.stringContaining('is not a socket'),
  });
  if (what === 'file') expect(await readFile(path, 'utf8')).toBe('mine');
});

test('of agents that start at once over a dead socket one is left, and answers', async () => {
  for (let round = 0; round < 20; round += 1) {
    const path = await socketPath();
    const dead = await open(path);
    await link(path, `${path}.kept`);
    await dead.close(0);
    await rename(`${path}.kept`, path);
    const started = await Promise.allSettled([open(path), open(path), open(path)]);
    const refused = started.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(refused).toEqual(['agent_running', 'agent_running']);
    await access(path);
    await expect(open(path)).rejects.toMatchObject({ code: 'agent_running' });
  }
});
