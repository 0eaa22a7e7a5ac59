import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Envelope, formatTime, UPDATE_MANIFEST_FILE, type UpdateManifest } from '@b3iq/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { FETCHED } from '../../update/disk/places.ts';
import { parseFile } from '../../update/parse.ts';
import type { Obstacle } from '../../update/types.ts';
import { kernelOf } from './fixtures/kernel-image.ts';
import { FolderMachine } from './fixtures/machine.ts';
import { hash, makeReleaseFolder, releaseKey, rootContent } from './fixtures/release-folder.ts';
import { type WebFolder, webFolder } from './fixtures/web-folder.ts';
import { folderSource } from './sources/folder.ts';
import { httpSource } from './sources/http.ts';

const trust = releaseKey();
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A machine with version 1, and version 2 (or what `change` makes of it) on a server. */
async function rig(
  options: {
    readonly version?: number;
    readonly change?: Partial<UpdateManifest>;
    readonly kernel?: Buffer;
  } = {},
) {
  const machine = await FolderMachine.make(trust);
  ends.push(() => machine.remove());
  const { version = 2, change, kernel } = options;
  const release = await makeReleaseFolder(
    join(machine.places.parent, 'release'),
    trust.key,
    version,
    change,
    kernel,
  );
  const web: WebFolder = await webFolder(release.folder);
  ends.push(() => web.close());
  return { machine, release, web, source: httpSource(web.url, { silenceMs: 500 }) };
}
/** Only version 1 can be started, and nothing of another one was left half done. */
async function expectUntouched(machine: FolderMachine): Promise<void> {
  expect(await machine.bootNames()).toEqual(['b3iq_1.efi', 'other-system.efi']);
  expect(await readdir(machine.places.slot)).toEqual([]);
}

describe('a good version', () => {
  it('is found, fetched, proven, written, tried and kept', async () => {
    const { machine, source } = await rig();
    expect(await machine.look(source)).toMatchObject({ version: 2, obstacle: undefined });
    expect(await machine.fetch(source)).toMatchObject({ version: 2, obstacle: undefined });
    expect(await machine.install()).toMatchObject({
      onTrial: false,
      record: { pending: { version: 2 }, failed: [], floor: 1 },
    });
    expect(await machine.bootNames()).toEqual(['b3iq_1.efi', 'b3iq_2+3-0.efi', 'other-system.efi']);
    expect(await machine.holds(2)).toBe(true);
    await expect(stat(machine.places.staging)).rejects.toThrow('ENOENT');

    const linux = join(machine.places.boot, 'EFI', 'Linux');
    await rename(join(linux, 'b3iq_2+3-0.efi'), join(linux, 'b3iq_2+2-1.efi')); // the loader counts
    machine.running = { ...machine.running, version: 2 };
    expect(await machine.refresh()).toMatchObject({ onTrial: true, triesLeft: 2, record: { floor: 1 } });
    await rename(join(linux, 'b3iq_2+2-1.efi'), join(linux, 'b3iq_2.efi')); // blessed
    expect(await machine.refresh()).toMatchObject({
      onTrial: false,
      record: { pending: undefined, floor: 2, last: { version: 2, outcome: 'installed' } },
    });
  });
  it.each([
    ['newer than what runs', 1],
    ['what runs', 2],
  ])(
    'is not believed of a server once it should have been replaced, though it is of a stick: %s',
    async (_which, runs) => {
      const exp = formatTime(Date.UTC(2026, 10, 21)); // the machine's clock is a day later
      const { machine, release, source } = await rig({ change: { exp } });
      machine.running = { ...machine.running, version: runs };
      expect(await machine.look(source)).toMatchObject({ version: undefined, obstacle: 'out-of-date' });
      expect(await machine.fetch(source)).toMatchObject({ obstacle: 'nothing-found' });
      await expectUntouched(machine);
      if (runs === 2) return;
      const stick = folderSource(release.folder);
      expect(await machine.look(stick, source)).toMatchObject({ version: 2, obstacle: undefined });
      expect(await machine.fetch(stick, source)).toMatchObject({ version: 2, obstacle: undefined });
      expect(await machine.install()).toMatchObject({ record: { pending: { version: 2 } } });
    },
  );
  it('that was found in time is not fetched after it should have been replaced', async () => {
    const exp = formatTime(Date.UTC(2026, 10, 22) + 30 * 60_000);
    const { machine, source } = await rig({ change: { exp } });
    expect(await machine.look(source)).toMatchObject({ version: 2, obstacle: undefined });
    machine.wait(60 * 60_000);
    expect(await machine.fetch(source)).toMatchObject({ version: undefined, obstacle: 'out-of-date' });
    await expectUntouched(machine);
  });
  it('comes from a stick as well, before the net', async () => {
    const { machine, release, web, source } = await rig();
    const stick = folderSource(release.folder);
    await machine.look(stick, source);
    expect(await machine.fetch(stick, source)).toMatchObject({ version: 2, obstacle: undefined });
    expect(web.asked.map(({ file }) => file)).toEqual([UPDATE_MANIFEST_FILE]);
    await machine.install();
    expect(await machine.holds(2)).toBe(true);
  });
  it('is fetched over a line that breaks all the time', async () => {
    const { machine, web, source } = await rig();
    web.cutAfter = 20_000;
    await machine.look(source);
    expect(await machine.fetch(source)).toMatchObject({ obstacle: undefined });
    await machine.install();
    expect(await machine.holds(2)).toBe(true);
  });
  it('replaces one that failed, whose number stays burnt', async () => {
    const { machine, release, source } = await rig({ version: 3 });
    await writeFile(join(machine.places.boot, 'EFI', 'Linux', 'b3iq_2+0-3.efi'), 'spent');
    await machine.refresh();
    await machine.look(source);
    await machine.fetch(source);
    expect(await machine.install()).toMatchObject({ record: { pending: { version: 3 }, failed: [2] } });
    expect(await machine.bootNames()).toEqual(['b3iq_1.efi', 'b3iq_3+3-0.efi', 'other-system.efi']);
    await makeReleaseFolder(release.folder, trust.key, 2);
    expect(await machine.look(source)).toMatchObject({ version: 2, obstacle: 'failed-before' });
  });
  it('can be written again over itself', async () => {
    const { machine, source } = await rig();
    await machine.look(source);
    await machine.fetch(source);
    await machine.install();
    await machine.fetch(source);
    expect(await machine.install()).toMatchObject({ record: { pending: { version: 2 } } });
    expect(await machine.holds(2)).toBe(true);
  });
  it('is seen on its way, also between the two programs', async () => {
    const { machine, source } = await rig();
    const report = async (name: string) =>
      parseFile('report', await readFile(`${machine.places.report}${name}`, 'utf8'))?.activity;
    await machine.look(source);
    expect(await report('.fetch')).toEqual({ kind: 'none' });
    await machine.fetch(source);
    expect(await report('.fetch')).toMatchObject({ kind: 'installing', version: 2, phase: 'verifying' });
    const reports: string[] = [];
    await machine.install({
      reporter: {
        say: async () => {},
        phase: (version, phase, total) => {
          reports.push(`${phase} ${version} of ${total > 0}`);
          return (done) => void expect(done).toBeLessThanOrEqual(total);
        },
        close: async () => {},
      },
    });
    expect(reports).toEqual(['verifying 2 of true', 'writing 2 of true']);
    await machine.install();
    expect(await report('')).toEqual({ kind: 'none' });
  });
});

describe('looking', () => {
  it('finds nothing in an empty place, and says so', async () => {
    const { machine, release, source } = await rig();
    await rm(join(release.folder, UPDATE_MANIFEST_FILE));
    expect(await machine.look(source)).toMatchObject({ version: undefined, obstacle: 'nothing-found' });
    expect(await machine.fetch(source)).toMatchObject({ obstacle: 'nothing-found' });
  });
  it('is calm about a server that shows what runs here', async () => {
    const { machine, source } = await rig();
    machine.running = { ...machine.running, version: 2 };
    expect(await machine.look(source)).toMatchObject({ version: 2, obstacle: 'nothing-found' });
  });
  it('says when there is no connection, and keeps what it knew', async () => {
    const { machine, web, source } = await rig();
    await machine.look(source);
    await web.close();
    expect(await machine.look(source)).toMatchObject({ version: 2, obstacle: undefined });
    expect(await machine.fetch(source)).toMatchObject({ version: 2, obstacle: 'no-connection' });
    const other = await FolderMachine.make(trust);
    ends.push(() => other.remove());
    expect(await other.look(source)).toMatchObject({ version: undefined, obstacle: 'no-connection' });
  });
  it('forgets the offer of a stick that was taken away', async () => {
    const { machine, release } = await rig();
    await machine.look(folderSource(release.folder));
    expect(await machine.look(folderSource('/nowhere'))).toMatchObject({ obstacle: 'nothing-found' });
  });
  it('clears away what an older offer had brought', async () => {
    const { machine, source } = await rig();
    await machine.look(source);
    await machine.fetch(source);
    machine.running = { ...machine.running, version: 2 };
    await machine.look(source);
    expect(await readdir(join(machine.places.fetched, FETCHED.files))).toEqual([]);
  });
});

describe('refused, with nothing changed,', () => {
  it.each<[string, Obstacle, Parameters<typeof rig>[0]]>([
    ['is a version for another machine', 'not-for-this-machine', { change: { image_id: 'other' } }],
    ['is one that needs a step in between', 'too-far', { version: 9, change: { minimum_version: 5 } }],
  ])('%s', async (_, obstacle, options) => {
    const { machine, source } = await rig(options);
    expect(await machine.look(source)).toMatchObject({ obstacle });
    expect(await machine.fetch(source)).toMatchObject({ obstacle });
    await machine.install();
    await expectUntouched(machine);
  });
  it('is anything while the running version is on trial', async () => {
    const { machine, source } = await rig();
    const linux = join(machine.places.boot, 'EFI', 'Linux');
    await rename(join(linux, 'b3iq_1.efi'), join(linux, 'b3iq_1+1-2.efi'));
    await machine.refresh();
    expect(await machine.look(source)).toMatchObject({ obstacle: 'on-trial' });
  });
  it('is what another key has signed, or nobody', async () => {
    const { machine, release, source } = await rig();
    await makeReleaseFolder(release.folder, releaseKey().key, 2);
    expect(await machine.look(source)).toMatchObject({ version: undefined, obstacle: 'not-signed' });
    await writeFile(join(release.folder, UPDATE_MANIFEST_FILE), '{}');
    expect(await machine.look(source)).toMatchObject({ obstacle: 'not-signed' });
    await expectUntouched(machine);
  });
  it('is a manifest that says more than was signed', async () => {
    const { machine, release, source } = await rig();
    const path = join(release.folder, UPDATE_MANIFEST_FILE);
    const envelope = JSON.parse(await readFile(path, 'utf8')) as Envelope; // ours
    const text = Buffer.from(envelope.payload, 'base64').toString().replace('"version":2', '"version":3');
    await writeFile(path, JSON.stringify({ ...envelope, payload: Buffer.from(text).toString('base64') }));
    expect(await machine.look(source)).toMatchObject({ obstacle: 'not-signed' });
  });
  it.each(['root', 'root_verity', 'uki'] as const)('is a changed %s', async (role) => {
    const { machine, release, source } = await rig();
    const path = join(release.folder, release.manifest.artefacts[role].file);
    const bytes = await readFile(path);
    bytes[bytes.length - 9] = (bytes.at(-9) ?? 0) ^ 1;
    await writeFile(path, bytes);
    await machine.look(source);
    expect(await machine.fetch(source)).toMatchObject({ version: 2, obstacle: 'damaged' });
    await machine.install();
    await expectUntouched(machine);
  });
  it('is a version that does not fit, before a byte is fetched', async () => {
    const { machine, web, source } = await rig();
    machine.freeBytes = 1_000_000;
    await machine.look(source);
    expect(await machine.fetch(source)).toMatchObject({ obstacle: 'no-space' });
    expect(web.asked.map(({ file }) => file)).toEqual([UPDATE_MANIFEST_FILE]);
  });
});

describe('the root program believes no fetcher:', () => {
  /** Everything is fetched; then the fetcher's folder is changed as whoever took it over might. */
  async function fetched(options: Parameters<typeof rig>[0] = {}) {
    const made = await rig(options);
    await made.machine.look(made.source);
    await made.machine.fetch(made.source);
    const files = join(made.machine.places.fetched, FETCHED.files);
    return { ...made, files, chosen: join(made.machine.places.fetched, FETCHED.chosen) };
  }
  const refusal = (obstacle: Obstacle) => ({
    record: { pending: undefined, last: { version: 2, outcome: 'refused', obstacle } },
  });

  it('an unsigned choice is not even remembered', async () => {
    const { machine, chosen } = await fetched();
    await writeFile(chosen, '{"payload":"","payloadType":"","signatures":[]}');
    expect(await machine.install()).toMatchObject({ record: { last: undefined } });
    await expectUntouched(machine);
  });
  it('no choice is nothing to do', async () => {
    const { machine, chosen } = await fetched();
    await rm(chosen);
    expect(await machine.install()).toMatchObject({ record: { last: undefined } });
    await expectUntouched(machine);
  });
  it.each<[string, (path: string) => Promise<unknown>]>([
    ['other bytes of the same length', (path) => readFile(path).then((b) => writeFile(path, b.fill(7)))],
    ['a shorter file', (path) => readFile(path).then((b) => writeFile(path, b.subarray(9)))],
    ['a longer file', (path) => writeFile(path, 'more', { flag: 'a' })],
    ['no file', (path) => rm(path)],
    ['a link to another file', (path) => rename(path, `${path}.x`).then(() => symlink(`${path}.x`, path))],
    ['a folder', (path) => rm(path).then(() => mkdir(path))],
  ])('%s under the right name is damaged', async (_, change) => {
    const { machine, release, files } = await fetched();
    await change(join(files, release.manifest.artefacts.root.sha256));
    expect(await machine.install()).toMatchObject(refusal('damaged'));
    await expectUntouched(machine);
  });
  it('a downgrade that is well signed is refused', async () => {
    const { machine } = await fetched();
    machine.running = { ...machine.running, version: 7 };
    const linux = join(machine.places.boot, 'EFI', 'Linux');
    await rename(join(linux, 'b3iq_1.efi'), join(linux, 'b3iq_7.efi'));
    expect(await machine.install()).toMatchObject(refusal('not-newer'));
    expect(await machine.bootNames()).toEqual(['b3iq_7.efi', 'other-system.efi']);
  });
  it('a version is refused that failed after it was fetched', async () => {
    const { machine } = await fetched();
    await writeFile(join(machine.places.boot, 'EFI', 'Linux', 'b3iq_2+0-3.efi'), 'spent');
    expect(await machine.install()).toMatchObject(refusal('failed-before'));
  });
  it('a kernel image the firmware would refuse is refused first', async () => {
    const { machine } = await fetched({ kernel: kernelOf(2, { '.note': 'not signed' }) });
    expect(await machine.install()).toMatchObject(refusal('kernel-not-signed'));
    await expectUntouched(machine);
  });
  it('a kernel image that could not open the disk is refused', async () => {
    const { machine } = await fetched({ kernel: kernelOf(2, { '.pcrpkey': 'another key' }) });
    expect(await machine.install()).toMatchObject(refusal('other-disk-key'));
    await expectUntouched(machine);
  });
  it('a kernel image of another version is refused', async () => {
    const { machine } = await fetched({ kernel: kernelOf(5) });
    expect(await machine.install()).toMatchObject(refusal('damaged'));
  });
  it('content that unpacks to more than it said is refused', async () => {
    const { machine, release, source } = await rig();
    const { root } = release.manifest.artefacts;
    const change = {
      artefacts: { ...release.manifest.artefacts, root: { ...root, content_size_bytes: 500_000 } },
    };
    await makeReleaseFolder(release.folder, trust.key, 2, change);
    await machine.look(source);
    await machine.fetch(source);
    expect(await machine.install()).toMatchObject(refusal('damaged'));
    await expectUntouched(machine);
  });
  it('content that is not what the manifest says is refused while it is written, and never started', async () => {
    const { machine, release, source } = await rig();
    const { root } = release.manifest.artefacts;
    const change = {
      artefacts: { ...release.manifest.artefacts, root: { ...root, content_sha256: hash(rootContent(9)) } },
    };
    await makeReleaseFolder(release.folder, trust.key, 2, change);
    await machine.look(source);
    await machine.fetch(source);
    expect(await machine.install()).toMatchObject(refusal('write-failed'));
    expect(await machine.bootNames()).toEqual(['b3iq_1.efi', 'other-system.efi']);
  });
  it('a full disk ends it, and a later try works', async () => {
    const { machine } = await fetched();
    machine.freeBytes = 1_000;
    expect(await machine.install()).toMatchObject(refusal('no-space'));
    await expectUntouched(machine);
    machine.freeBytes = Number.MAX_SAFE_INTEGER;
    await machine.install();
    expect(await machine.holds(2)).toBe(true);
  });
  it('a boot partition that cannot be read stops it before anything else', async () => {
    const { machine } = await fetched();
    await rm(machine.places.boot, { recursive: true });
    await expect(machine.install()).rejects.toThrow();
    expect(await readdir(machine.places.slot)).toEqual([]);
  });
});

describe('the power fails while it is installed', () => {
  /** Each run strikes at other moments; `B3IQ_KILL_ROUNDS=100` strikes more of them at once. */
  const ROUNDS = Number(process.env.B3IQ_KILL_ROUNDS ?? 6);
  it('the running version can always be started, a new one only when it is whole, and the next try works', async () => {
    const { machine, source } = await rig();
    await machine.look(source);
    await machine.fetch(source);
    const script = `
      const { installDepsOf, placesIn } = await import(${JSON.stringify(new URL('./fixtures/machine.ts', import.meta.url).href)});
      const { install } = await import(${JSON.stringify(new URL('./install.ts', import.meta.url).href)});
      const { verifierOf } = await import(${JSON.stringify(new URL('../../update/disk/keys.ts', import.meta.url).href)});
      process.stdout.write('go\\n');
      const deps = installDepsOf(placesIn(process.argv[1]), { verifier: verifierOf(JSON.parse(process.argv[2])) });
      await install(deps);`;
    let cuts = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const child = spawn(
        process.execPath,
        ['--input-type=module', '-e', script, machine.places.parent, JSON.stringify(trust.file)],
        { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'], detached: true },
      );
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const timer = setTimeout(
        () => process.kill(-(child.pid ?? 0), 'SIGKILL'),
        round === 0 ? 0 : randomInt(0, 400),
      );
      if ((await ended) === null) cuts++;
      clearTimeout(timer);
      const names = await machine.bootNames();
      expect(names).toContain('b3iq_1.efi');
      if (names.includes('b3iq_2+3-0.efi')) expect(await machine.holds(2)).toBe(true);
      const facts = await machine.refresh();
      expect([undefined, 'cut-short']).toContain(facts?.record.last?.obstacle);
    }
    expect(cuts).toBeGreaterThan(0);
    expect(await machine.install()).toMatchObject({ record: { pending: { version: 2 } } });
    expect(await machine.bootNames()).toEqual(['b3iq_1.efi', 'b3iq_2+3-0.efi', 'other-system.efi']);
    expect(await machine.holds(2)).toBe(true);
  });
});
