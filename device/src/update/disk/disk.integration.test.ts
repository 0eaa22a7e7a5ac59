import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UPDATE_MANIFEST_TYPE } from '@b3iq/wire';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeReleaseFolder, releaseKey } from '../../appliance/update/fixtures/release-folder.ts';
import { FakeUnits } from '../../os/units.ts';
import { waitFor } from '../../os/wait-for.ts';
import { readBounded } from './files.ts';
import { installedWorld } from './installed-world.ts';
import { readVerifier, verifierOf } from './keys.ts';
import { FETCH_PLACES, IMAGE_PLACES, INSTALL_PLACES } from './places.ts';
import { isOnTrial, whenProven } from './trial.ts';

const made: string[] = [];
afterEach(() => Promise.all(made.splice(0).map((dir) => rm(dir, { recursive: true, force: true }))));
async function freshDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'b3iq-update-'));
  made.push(dir);
  return dir;
}
async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

describe('a file of another program', () => {
  it('is read when it is a plain file of that size', async () => {
    const dir = await freshDir();
    await put(join(dir, 'a'), 'é'.repeat(10));
    expect(await readBounded(join(dir, 'a'), 20)).toBe('é'.repeat(10));
    expect(await readBounded(join(dir, 'a'), 19)).toBeUndefined();
  });
  it('is nothing when it is absent, a link, a folder, no text, or a pipe that nobody writes', async () => {
    const dir = await freshDir();
    await put(join(dir, 'secret'), 'secret');
    await symlink(join(dir, 'secret'), join(dir, 'link'));
    await mkdir(join(dir, 'folder'));
    await writeFile(join(dir, 'bytes'), Buffer.from([0xff, 0xfe]));
    execFileSync('mkfifo', [join(dir, 'pipe')]);
    for (const name of ['absent', 'link', 'folder', 'bytes', 'pipe'])
      expect(await readBounded(join(dir, name)), name).toBeUndefined();
  });
  it('is not read for ever where it never ends', async () => {
    expect(await readBounded('/dev/zero')).toBeUndefined();
  });
});

describe('the keys of the image', () => {
  const { file } = releaseKey();
  it('are trusted for releases and nothing else', async () => {
    const dir = await freshDir();
    await put(join(dir, 'keys.json'), JSON.stringify(file));
    const verifier = await readVerifier(join(dir, 'keys.json'));
    expect(verifier.verify({}, UPDATE_MANIFEST_TYPE)).toEqual({ ok: false, reason: 'malformed' });
  });
  it.each([
    ['no list', undefined],
    ['no JSON', '{'],
    ['no key', JSON.stringify({ ...file, keys: [] })],
    ['another form', JSON.stringify({ ...file, version: 2 })],
    ['no threshold', JSON.stringify({ ...file, threshold: 0 })],
    ['a member more', JSON.stringify({ ...file, more: 1 })],
  ])('stop the start with %s', async (_, text) => {
    const dir = await freshDir();
    if (text !== undefined) await put(join(dir, 'keys.json'), text);
    await expect(readVerifier(join(dir, 'keys.json'))).rejects.toMatchObject({ code: 'config_invalid' });
  });
  it('are refused when one is no point on the curve', () => {
    const keys = [{ name: 'x', public_key: '0'.repeat(64), payload_types: [UPDATE_MANIFEST_TYPE] }];
    expect(() => verifierOf({ version: 1, threshold: 1, keys })).toThrow('update key x');
  });
});

describe('the appliance', () => {
  it('is read from what its programs left', async () => {
    const root = await freshDir();
    const trust = releaseKey();
    const { manifest } = await makeReleaseFolder(join(root, 'release'), trust.key, 2);
    const world = installedWorld({ units: new FakeUnits(), verifier: trust.verifier, root });
    expect(await world.read()).toMatchObject({ running: undefined, offers: [], sourceUrl: null });

    await put(join(root, IMAGE_PLACES.osRelease), 'IMAGE_ID=b3iq\nIMAGE_VERSION=1\n');
    await put(join(root, IMAGE_PLACES.source), '{"source_url":"https://updates.example.com/"}');
    const envelope = await readBounded(join(root, 'release', 'update-manifest.json'));
    await put(join(root, FETCH_PLACES.state, 'offer-url.json'), envelope ?? '');
    await put(join(root, FETCH_PLACES.state, 'offer-usb.json'), '{"payload":"by a stranger"}');
    await put(join(root, FETCH_PLACES.report), '{"uptimeS":5,"activity":{"kind":"looking"}}');
    await put(join(root, INSTALL_PLACES.report), 'garbled');
    const facts = '{"onTrial":false,"entries":[],"record":{"floor":1,"failed":[]}}';
    await put(join(root, INSTALL_PLACES.facts), facts);
    expect(await world.read()).toMatchObject({
      running: { version: 1, imageId: 'b3iq' },
      facts: { onTrial: false },
      offers: [{ from: 'url', manifest: { version: manifest.version } }],
      fetching: { activity: { kind: 'looking' } },
      writing: undefined,
      sourceUrl: 'https://updates.example.com/',
    });
  });
  it('takes no versions from where they cannot come from', async () => {
    const root = await freshDir();
    const world = installedWorld({ units: new FakeUnits(), verifier: releaseKey().verifier, root });
    for (const text of ['{"source_url":"file:///etc/"}', '{"source_url":1}', '{}', '[]', '']) {
      await put(join(root, IMAGE_PLACES.source), text);
      expect((await world.read()).sourceUrl).toBeNull();
    }
  });
  it('starts its fixed steps by name and nothing else', async () => {
    const units = new FakeUnits();
    await installedWorld({ units, verifier: releaseKey().verifier }).start('b3iq-update');
    expect(units.started).toEqual(['b3iq-update']);
  });
});

describe('a trial', () => {
  it('is over when its mark is gone, and told once', async () => {
    const mark = join(await freshDir(), 'trial');
    expect(await isOnTrial(mark)).toBe(false);
    await writeFile(mark, '');
    expect(await isOnTrial(mark)).toBe(true);
    let told = 0;
    const stop = whenProven(() => told++, { mark, everyMs: 5 });
    await unlink(mark);
    await waitFor(() => told > 0, { timeoutMs: 5_000, what: 'told that the trial is over' });
    stop();
    expect(told).toBe(1);
  });
  it('is told once however long the disk takes, and not at all to whoever stopped waiting', async () => {
    vi.useFakeTimers();
    try {
      let told = 0;
      const options = { mark: join(await freshDir(), 'gone'), everyMs: 5 };
      whenProven(() => told++, options);
      const stop = whenProven(() => told++, options);
      vi.advanceTimersByTime(50);
      stop();
      await Promise.all(Array.from({ length: 100 }, () => isOnTrial(options.mark))); // asked after the waiting ones
      expect(told).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });
  it('is not waited for any more once it is stopped', () => {
    vi.useFakeTimers();
    try {
      const stop = whenProven(() => {}, { mark: '/nowhere' });
      expect(vi.getTimerCount()).toBe(1);
      stop();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
