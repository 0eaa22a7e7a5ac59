import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LockedPackage } from './packages.ts';
import { fillStore, storedAt } from './store.ts';

const locked = (name: string, content: string): LockedPackage => ({
  name,
  version: '1',
  architecture: 'amd64',
  suite: 'trixie',
  path: `debian/pool/main/${name}+1.deb`,
  size: Buffer.byteLength(content),
  sha256: createHash('sha256').update(content).digest('hex'),
});

describe('the store of packages', () => {
  let folder = '';
  let mirror = '';
  let server: Server;
  const served = new Map<string, string>();
  const asked: string[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'b3iq-store-'));
    served.clear();
    asked.length = 0;
    server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? '').slice(1);
      asked.push(path);
      const content = served.get(path);
      response.writeHead(content === undefined ? 404 : content === 'fault' ? 503 : 200).end(content);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on TCP
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('fetches what it has not, under the name of its hash, and asks for nothing twice', async () => {
    const one = locked('libstdc++', 'one');
    served.set(one.path, 'one');
    expect(await fillStore(join(folder, 'a'), [], mirror, [one, one])).toEqual([]);
    expect(readFileSync(storedAt(join(folder, 'a'), one), 'utf8')).toBe('one');
    expect(await fillStore(join(folder, 'a'), [], mirror, [one])).toEqual([]);
    expect(asked).toEqual([one.path]);
  });

  it('takes a package from another store before it asks the mirror', async () => {
    const one = locked('zstd', 'one');
    mkdirSync(join(folder, 'published'));
    writeFileSync(storedAt(join(folder, 'published'), one), 'one');
    expect(await fillStore(join(folder, 'a'), [join(folder, 'published')], mirror, [one])).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('names what the mirror has no more, and keeps nothing that has other bytes than the lock says', async () => {
    const gone = locked('gone', 'gone');
    const other = locked('other', 'right');
    served.set(other.path, 'wrong');
    const missing = await fillStore(join(folder, 'a'), [], mirror, [gone, other]);
    expect(missing.map(({ name }) => name).sort()).toEqual(['gone', 'other']);
    expect(readdirSync(join(folder, 'a'))).toEqual([]);
  });

  it('does not take a fault of the mirror for a package that is gone', async () => {
    const one = locked('zstd', 'one');
    served.set(one.path, 'fault');
    await expect(fillStore(join(folder, 'a'), [], mirror, [one])).rejects.toThrow('503');
  });
});
