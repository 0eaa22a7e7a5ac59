import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemdCreds } from './systemd-creds.ts';

/** A stand-in for systemd-creds that notes how it was called and answers what it is told to. */
async function standIn(answer: string) {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-creds-'));
  const program = join(folder, 'systemd-creds');
  await writeFile(
    program,
    `#!/bin/sh\nprintf '%s\\n' "$@" >"${folder}/arguments"\nenv >"${folder}/environment"\ncat >"${folder}/input"\n${answer}\n`,
  );
  await chmod(program, 0o755);
  return { program, told: (name: string) => readFile(join(folder, name), 'utf8') };
}

test('a secret goes in by pipe, is bound to the signed policy and to no literal register, and comes back as it was', async () => {
  const { program, told } = await standIn('printf "sealed\\n"');
  const sealer = systemdCreds({ program, publicKey: '/run/key.pem' });
  expect(await sealer.seal('hotspot', 'correct horse')).toBe('sealed\n');
  expect(await told('input')).toBe('correct horse');
  expect((await told('arguments')).trim().split('\n')).toEqual([
    'encrypt',
    '--name=hotspot',
    '--with-key=tpm2-with-public-key',
    '--tpm2-pcrs=',
    '--tpm2-public-key=/run/key.pem',
    '--tpm2-public-key-pcrs=11',
    '-',
    '-',
  ]);
  expect(await told('arguments')).not.toContain('horse');
  expect(await told('environment')).not.toContain('horse');
  expect(await sealer.open('hotspot', 'sealed\n')).toBe('sealed\n');
});

test('a TPM that refuses is told with its own words for the log, and without the secret', async () => {
  const { program } = await standIn('echo "TPM is in lockout mode" >&2; exit 1');
  await expect(systemdCreds({ program }).seal('identity', 'correct horse')).rejects.toMatchObject({
    code: 'appliance_step_failed',
    cause: { message: 'TPM is in lockout mode' },
  });
});

test('a machine without a TPM, or started without a policy, is told apart from one that can seal', async () => {
  const { program } = await standIn('');
  expect(await systemdCreds({ device: '/nowhere' }).readiness()).toBe('no-tpm');
  expect(await systemdCreds({ device: program, publicKey: '/nowhere' }).readiness()).toBe('no-policy');
  expect(await systemdCreds({ device: program, publicKey: program }).readiness()).toBe('ready');
});
