/** The identity on a real disk: made once, found again, and never replaced by anything but its owner's word. */
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeIdOf, shortNameOf, signingKeyIdOf } from '@b3iq/wire';
import { nodeSigner, nodeVerifyKey } from '@b3iq/wire/sign-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryLog } from '../os/log.ts';
import { type IdentityOptions, keyPath, openIdentity, recordPath } from './open.ts';
import { formatKeyFile } from './parse.ts';
import type { Identity } from './port.ts';
import { exportIdentity, importIdentity, renewIdentity } from './recover.ts';

let folder: string;
let options: IdentityOptions & { readonly log: ReturnType<typeof memoryLog> };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'b3iq-identity-'));
  options = { stateFolder: join(folder, 'state'), log: memoryLog() };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Opens and expects it to work. */
async function ready(with_: IdentityOptions = options): Promise<Identity> {
  const state = await openIdentity(with_);
  return state.kind === 'ready' ? state.identity : expect.fail(`${state.kind}: ${state.reason}`);
}
const foreignKey = formatKeyFile(new Uint8Array(32).fill(77), 0);
const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('opening', () => {
  it('makes an identity once, for this user alone, and finds it ever after', async () => {
    const first = await ready();
    expect(first).toMatchObject({ keyEpoch: 0, custody: 'file', nodeId: nodeIdOf(first.publicKey) });
    expect(first.shortName).toBe(shortNameOf(nodeIdOf(first.publicKey)));
    expect(first.keyId).toBe(signingKeyIdOf(first.publicKey));
    expect(await mode(keyPath(options))).toBe('600');
    expect(await mode(options.stateFolder)).toBe('700');
    expect((await ready()).nodeId).toBe(first.nodeId);
    expect((await readdir(options.stateFolder)).sort()).toEqual(['identity.json', 'identity.public.json']);
  });
  it('gives a key that signs for its public key', async () => {
    const { privateKey, publicKey } = await ready();
    const message = Uint8Array.of(1, 2, 3);
    expect(nodeVerifyKey(publicKey)?.verify(message, nodeSigner(privateKey).sign(message))).toBe(true);
  });
  it('gives every one of many at once the same identity', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => ready()));
    expect(new Set(all.map((identity) => identity.nodeId)).size).toBe(1);
    expect((await ready()).nodeId).toBe(all[0]?.nodeId);
  });
  it('gives two machines two identities', async () => {
    const other = await ready({ ...options, stateFolder: join(folder, 'other') });
    expect((await ready()).nodeId).not.toBe(other.nodeId);
  });
  it('never writes the secret into the log', async () => {
    await ready();
    const { seed } = JSON.parse(await readFile(keyPath(options), 'utf8')) as { seed: string }; // our own file
    await writeFile(recordPath(options), 'x');
    await ready();
    await writeFile(keyPath(options), 'x', { mode: 0o600 });
    await openIdentity(options);
    expect(options.log.lines.join('')).toContain('identity.corrupt');
    expect(options.log.lines.join('')).not.toContain(seed);
  });
  it('says so when its folder cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(
      openIdentity({ ...options, stateFolder: join(folder, 'file', 'state') }),
    ).rejects.toMatchObject({
      code: 'config_invalid',
    });
  });
});

describe('power that fails at the first start', () => {
  it('before anything is written leaves a first start', async () => {
    await mkdir(options.stateFolder, { mode: 0o700 });
    await writeFile(join(options.stateFolder, 'identity.json.0123456789ab.tmp'), '{"format"', {
      mode: 0o600,
    });
    expect((await openIdentity(options)).kind).toBe('ready');
  });
  it('between key and record leaves the key, and the record is written again', async () => {
    const { nodeId } = await ready();
    const record = await readFile(recordPath(options), 'utf8');
    await unlink(recordPath(options));
    const state = await openIdentity(options);
    expect(state).toMatchObject({ kind: 'ready', identity: { nodeId } });
    expect(state).not.toHaveProperty('notice');
    expect(await readFile(recordPath(options), 'utf8')).toBe(record);
  });
});

describe('a key that is gone or damaged', () => {
  it('when it is gone, is named lost, and nothing is made in its place', async () => {
    const { nodeId } = await ready();
    await unlink(keyPath(options));
    for (let start = 0; start < 2; start++)
      expect(await openIdentity(options)).toMatchObject({ kind: 'lost', nodeId });
    expect(await readdir(options.stateFolder)).toEqual(['identity.public.json']);
  });
  it('when it is half written, is named corrupt and left as it is', async () => {
    const { nodeId } = await ready();
    await truncate(keyPath(options), 100);
    expect(await openIdentity(options)).toMatchObject({ kind: 'corrupt', nodeId });
    expect((await stat(keyPath(options))).size).toBe(100);
  });
  it('when it is empty or one bit is flipped, is named corrupt', async () => {
    const { nodeId } = await ready();
    const bytes = await readFile(keyPath(options));
    const at = bytes.indexOf('"seed"') + 12;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(keyPath(options), bytes);
    expect(await openIdentity(options)).toMatchObject({ kind: 'corrupt', nodeId });
    await truncate(keyPath(options), 0);
    expect(await openIdentity(options)).toMatchObject({ kind: 'corrupt', nodeId });
  });
  it('when it is another machine’s, is named corrupt', async () => {
    const { nodeId } = await ready();
    await writeFile(keyPath(options), foreignKey);
    const state = await openIdentity(options);
    expect(state).toMatchObject({ kind: 'corrupt', nodeId });
    expect(state).toHaveProperty('reason', expect.stringContaining('another machine'));
  });
  it('when others may read it, is refused and not quietly closed', async () => {
    const { nodeId } = await ready();
    for (const bits of [0o644, 0o640, 0o604, 0o602]) {
      await chmod(keyPath(options), bits);
      expect(await openIdentity(options)).toMatchObject({ kind: 'corrupt', nodeId });
      expect(await mode(keyPath(options))).toBe(bits.toString(8));
    }
    await chmod(keyPath(options), 0o600);
    expect((await ready()).nodeId).toBe(nodeId);
  });
  it('when it is a link, a folder or far too large, is refused', async () => {
    const { nodeId } = await ready();
    await rename(keyPath(options), join(folder, 'elsewhere.json'));
    await symlink(join(folder, 'elsewhere.json'), keyPath(options));
    expect(await openIdentity(options)).toMatchObject({ kind: 'corrupt', nodeId });
    await unlink(keyPath(options));
    await mkdir(keyPath(options), { mode: 0o700 });
    expect(await openIdentity(options)).toMatchObject({ kind: 'corrupt', nodeId });
    await rm(keyPath(options), { recursive: true });
    await writeFile(keyPath(options), ' '.repeat(70_000), { mode: 0o600 });
    expect(await openIdentity(options)).toMatchObject({ kind: 'corrupt', nodeId });
  });
  it('when the record is damaged too, is still no first start', async () => {
    await ready();
    await unlink(keyPath(options));
    await truncate(recordPath(options), 10);
    expect(await openIdentity(options)).toMatchObject({ kind: 'corrupt' });
    expect(await readdir(options.stateFolder)).toEqual(['identity.public.json']);
  });
  it('tells no path and no secret in its reason', async () => {
    await ready();
    await truncate(keyPath(options), 50);
    const state = await openIdentity(options);
    expect(JSON.stringify(state)).not.toContain(folder);
  });
  it('does not matter when only the record is damaged: it is written again, and the old one kept', async () => {
    const { nodeId } = await ready();
    await truncate(recordPath(options), 10);
    expect(await openIdentity(options)).toMatchObject({
      kind: 'ready',
      identity: { nodeId },
      notice: expect.stringContaining('written again'),
    });
    expect((await readdir(options.stateFolder)).filter((name) => name.includes('set-aside'))).toHaveLength(1);
    expect(await openIdentity(options)).not.toHaveProperty('notice');
  });
});

describe('a credential', () => {
  const sealed = async (text: string) => {
    const credentialPath = join(folder, 'credential');
    // systemd's permissions may show group bits for an access list; they are not ours to judge.
    await writeFile(credentialPath, text, { mode: 0o440 });
    return { ...options, credentialPath };
  };
  it('comes before a file, and says so', async () => {
    const with_ = await sealed(foreignKey);
    const identity = await ready(with_);
    expect(identity).toMatchObject({ custody: 'credential', keyEpoch: 0 });
    expect(await readdir(options.stateFolder)).toEqual(['identity.public.json']);
    await writeFile(keyPath(options), formatKeyFile(new Uint8Array(32).fill(5), 0), { mode: 0o600 });
    expect((await ready(with_)).nodeId).toBe(identity.nodeId);
  });
  it('that is not there leaves the file', async () => {
    expect((await ready({ ...options, credentialPath: join(folder, 'none') })).custody).toBe('file');
  });
  it('that was there and is gone is lost, not a first start', async () => {
    const with_ = await sealed(foreignKey);
    const { nodeId } = await ready(with_);
    await unlink(with_.credentialPath);
    expect(await openIdentity(with_)).toMatchObject({ kind: 'lost', nodeId });
  });
  it('that is damaged is corrupt, whatever lies in the file', async () => {
    await ready();
    expect(await openIdentity(await sealed('nonsense'))).toMatchObject({ kind: 'corrupt' });
  });
  it('that is another machine’s is corrupt', async () => {
    const { nodeId } = await ready();
    expect(await openIdentity(await sealed(foreignKey))).toMatchObject({ kind: 'corrupt', nodeId });
  });
  it('can be neither copied nor replaced from here', async () => {
    const with_ = await sealed(foreignKey);
    const identity = await ready(with_);
    expect(await exportIdentity(identity, join(folder, 'backup'))).toMatchObject({ kind: 'refused' });
    expect(await importIdentity(with_, Buffer.from(foreignKey))).toMatchObject({ kind: 'refused' });
    expect(await renewIdentity(with_)).toMatchObject({ kind: 'refused' });
  });
});

describe('a backup', () => {
  const backup = () => join(folder, 'backup.json');
  it('is private, never replaces a file, and restores the machine after a loss', async () => {
    const identity = await ready();
    expect(await exportIdentity(identity, backup())).toEqual({ kind: 'exported' });
    expect(await mode(backup())).toBe('600');
    expect(await exportIdentity(identity, backup())).toMatchObject({ kind: 'refused' });
    await unlink(keyPath(options));
    expect(await importIdentity(options, await readFile(backup()))).toMatchObject({
      kind: 'restored',
      identity: { nodeId: identity.nodeId },
    });
    expect((await ready()).nodeId).toBe(identity.nodeId);
  });
  it('restores after damage too, and the damaged file is kept', async () => {
    const identity = await ready();
    await exportIdentity(identity, backup());
    await truncate(keyPath(options), 30);
    expect(await importIdentity(options, await readFile(backup()))).toMatchObject({ kind: 'restored' });
    expect((await ready()).nodeId).toBe(identity.nodeId);
    expect(
      (await readdir(options.stateFolder)).filter((name) => name.startsWith('identity.json.set-aside')),
    ).toHaveLength(1);
  });
  it('of another machine is refused and changes nothing', async () => {
    const { nodeId } = await ready();
    const refused = { kind: 'refused', reason: expect.stringContaining('another') };
    expect(await importIdentity(options, Buffer.from(foreignKey))).toMatchObject(refused);
    await unlink(recordPath(options));
    expect(await importIdentity(options, Buffer.from(foreignKey))).toMatchObject(refused);
    expect((await ready()).nodeId).toBe(nodeId);
    await unlink(keyPath(options));
    expect(await importIdentity(options, Buffer.from(foreignKey))).toMatchObject(refused);
    expect(await openIdentity(options)).toMatchObject({ kind: 'lost', nodeId });
  });
  it('that is cut, changed or no backup is refused', async () => {
    const identity = await ready();
    await exportIdentity(identity, backup());
    const whole = await readFile(backup());
    for (const bad of [
      whole.subarray(0, 100),
      Buffer.alloc(0),
      Buffer.from([0xff]),
      Buffer.alloc(100_000, 0x20),
    ])
      expect(await importIdentity(options, bad)).toMatchObject({ kind: 'refused' });
    expect(await importIdentity(options, whole)).toMatchObject({ kind: 'restored' });
  });
});

describe('a new identity', () => {
  it('is never given while the old one works', async () => {
    expect(await renewIdentity(options)).toMatchObject({ kind: 'refused' });
    const { nodeId } = await ready();
    expect(await renewIdentity(options)).toMatchObject({ kind: 'refused' });
    expect((await ready()).nodeId).toBe(nodeId);
  });
  it('has an id of its own, the next key epoch, and the old one on record as broken', async () => {
    const old = await ready();
    await unlink(keyPath(options));
    const renewed = await renewIdentity(options);
    expect(renewed).toMatchObject({ kind: 'renewed', identity: { keyEpoch: 1 } });
    const state = await openIdentity(options);
    expect(state).toMatchObject({
      kind: 'ready',
      identity: { keyEpoch: 1 },
      predecessors: [{ node_id: old.nodeId, key_epoch: 0, broken: true }],
    });
    expect((await ready()).nodeId).not.toBe(old.nodeId);
  });
  it('keeps the damaged key file, and the whole line of predecessors', async () => {
    const first = await ready();
    await truncate(keyPath(options), 40);
    await renewIdentity(options);
    const second = await ready();
    await unlink(keyPath(options));
    await renewIdentity(options);
    expect(await openIdentity(options)).toMatchObject({
      kind: 'ready',
      identity: { keyEpoch: 2 },
      predecessors: [
        { node_id: first.nodeId, key_epoch: 0 },
        { node_id: second.nodeId, key_epoch: 1 },
      ],
    });
    expect(
      (await readdir(options.stateFolder)).filter((name) => name.includes('set-aside')).length,
    ).toBeGreaterThan(0);
  });
  it('cut off between key and record names the fault, and can be asked for again', async () => {
    const old = await ready();
    const record = join(folder, 'record');
    await link(recordPath(options), record);
    await unlink(keyPath(options));
    await renewIdentity(options);
    // As if power had failed before the record was written: the new key beside the old record.
    await rename(record, recordPath(options));
    expect(await openIdentity(options)).toMatchObject({ kind: 'corrupt', nodeId: old.nodeId });
    expect(await renewIdentity(options)).toMatchObject({ kind: 'renewed' });
    expect(await openIdentity(options)).toMatchObject({
      kind: 'ready',
      predecessors: [{ node_id: old.nodeId, broken: true }],
    });
  });
  it('can be had when nothing is left but a damaged key', async () => {
    await mkdir(options.stateFolder, { mode: 0o700 });
    await writeFile(keyPath(options), '{', { mode: 0o600 });
    expect(await openIdentity(options)).toMatchObject({ kind: 'corrupt' });
    expect(await renewIdentity(options)).toMatchObject({ kind: 'renewed', identity: { keyEpoch: 1 } });
    expect(await openIdentity(options)).toMatchObject({ kind: 'ready', predecessors: [] });
  });
});
