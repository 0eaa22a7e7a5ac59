import { mkdtemp, readdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseLabelFile, secretOf } from '../../claim/label.ts';
import { isSecret } from '../../claim/secrets.ts';
import { openIdentity } from '../../identity/open.ts';
import { memoryLog } from '../../os/log.ts';
import { FakeSealer } from './fake.ts';
import { sealMachine } from './seal.ts';
import { SEALED_FILES } from './types.ts';
import { inWords } from './words.ts';

const factory = () => mkdtemp(join(tmpdir(), 'b3iq-factory-'));
const read = (folder: string, file: string) => readFile(join(folder, file), 'utf8');
const everything = async (folder: string) =>
  Object.fromEntries(await Promise.all(SEALED_FILES.map(async (f) => [f, await read(folder, f)] as const)));

test('a blank machine is sealed, and everything fits together', async () => {
  const [folder, sealer, log] = [await factory(), new FakeSealer(), memoryLog()];
  const outcome = await sealMachine({ folder, sealer, log });
  expect(outcome.kind).toBe('sealed');
  expect((await readdir(folder)).sort()).toEqual([...SEALED_FILES].sort());
  expect((await stat(folder)).mode & 0o777).toBe(0o700);

  const label = parseLabelFile(await read(folder, 'label.json'));
  const secrets = JSON.parse(await sealer.open('label', await read(folder, 'label.cred')));
  expect(await sealer.open('hotspot', await read(folder, 'hotspot.cred'))).toBe(secrets.hotspot_password);
  if (label === undefined) throw new Error('the label does not read back');
  expect(await isSecret(secrets.claim_secret, secretOf(label))).toBe(true);
  expect(label.sealed_by).toBe('self');

  // The agent opens the credential as it opens a Host's file, and is the machine the label names.
  const stateFolder = await factory();
  const credentialPath = join(await factory(), 'identity');
  await writeFile(credentialPath, await sealer.open('identity', await read(folder, 'identity.cred')));
  const identity = await openIdentity({ stateFolder, credentialPath, log });
  expect(identity).toMatchObject({
    kind: 'ready',
    identity: { nodeId: label.node_id, shortName: label.short_name, custody: 'credential' },
  });

  for (const secret of [secrets.claim_secret, secrets.hotspot_password]) {
    expect(log.lines.join()).not.toContain(secret);
    expect(inWords(outcome)).not.toContain(secret);
  }
});

test('a sealed machine is never sealed again', async () => {
  const [folder, sealer, log] = [await factory(), new FakeSealer(), memoryLog()];
  await sealMachine({ folder, sealer, log });
  const before = await everything(folder);
  const again = new FakeSealer();
  expect(await sealMachine({ folder, sealer: again, log })).toEqual({ kind: 'sealed-before' });
  expect(again.sealed).toEqual([]);
  expect(await everything(folder)).toEqual(before);
});

test.each(SEALED_FILES)(
  'power cut before %s is written: the next start seals whole and consistently',
  async (at) => {
    const [folder, sealer, log] = [await factory(), new FakeSealer(), memoryLog()];
    const cut = new Error('power');
    await expect(
      sealMachine({
        folder,
        sealer,
        log,
        onWrite: (file) => {
          if (file === at) throw cut;
        },
      }),
    ).rejects.toBe(cut);
    await writeFile(join(folder, `${at}.123.tmp`), 'half a fi'); // what a cut in the middle of a write leaves
    expect((await sealMachine({ folder, sealer, log })).kind).toBe('sealed');
    expect((await readdir(folder)).sort()).toEqual([...SEALED_FILES].sort());
    const label = parseLabelFile(await read(folder, 'label.json'));
    const secrets = JSON.parse(await sealer.open('label', await read(folder, 'label.cred')));
    const key = JSON.parse(await sealer.open('identity', await read(folder, 'identity.cred')));
    if (label === undefined) throw new Error('the label does not read back');
    expect(await isSecret(secrets.claim_secret, secretOf(label))).toBe(true);
    expect(key.format).toBe('b3iq-identity');
  },
);

test('a sealed machine that has lost a file says so and gets no other name', async () => {
  const [folder, sealer, log] = [await factory(), new FakeSealer(), memoryLog()];
  await sealMachine({ folder, sealer, log });
  await unlink(join(folder, 'label.json'));
  const outcome = await sealMachine({ folder, sealer, log });
  expect(outcome).toEqual({ kind: 'damaged', missing: ['label.json'] });
  expect(inWords(outcome)).toContain('label.json');
  expect(await readdir(folder)).not.toContain('label.json');
});

test.each(['no-tpm', 'no-policy'] as const)(
  '%s: nothing is written, and the sentence says what to do',
  async (ready) => {
    const [folder, sealer, log] = [await factory(), new FakeSealer(), memoryLog()];
    sealer.ready = ready;
    const outcome = await sealMachine({ folder, sealer, log });
    expect(outcome).toEqual({ kind: 'impossible', reason: ready });
    expect(inWords(outcome)).toMatch(/tart/);
    expect(await readdir(folder)).toEqual([]);
  },
);

test('a TPM that does not give the key back leaves nothing behind', async () => {
  const [folder, sealer, log] = [await factory(), new FakeSealer(), memoryLog()];
  sealer.damage = (secret) => secret.replace('seed', 'sead');
  expect(await sealMachine({ folder, sealer, log })).toEqual({ kind: 'not-reversible' });
  expect(await readdir(folder)).toEqual([]);
});

test('two machines share no secret', async () => {
  const log = memoryLog();
  const made = await Promise.all(
    [1, 2].map(async () => {
      const [folder, sealer] = [await factory(), new FakeSealer()];
      await sealMachine({ folder, sealer, log });
      return Object.values(await everything(folder)).map((text) => text.trim());
    }),
  );
  const [one = [], two = []] = made;
  expect(one.filter((text) => two.includes(text))).toEqual([]);
});
