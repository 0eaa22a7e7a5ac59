import { mkdir, mkdtemp, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memoryLog } from '../../os/log.ts';
import { FakeUnits } from '../../os/units.ts';
import { SystemBox } from './box.ts';
import { isEncrypted, isSecureBoot } from './facts.ts';

const KEY = Array.from({ length: 8 }, () => 'cbdefghi').join('-');

async function box() {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-box-'));
  const runtimeDir = join(folder, 'run');
  const stateDir = join(folder, 'state');
  await mkdir(runtimeDir);
  await mkdir(stateDir);
  const units = new FakeUnits();
  const log = memoryLog();
  const made = new SystemBox({
    units,
    stateDir,
    runtimeDir,
    sealedBy: 'self',
    localUrl: () => 'http://b3iq-n7k4.local/',
    addresses: () => ['192.168.20.31'],
    log,
    sys: join(folder, 'sys'),
  });
  const handover = join(runtimeDir, 'recovery-key');
  return { made, units, log, handover, runtimeDir, stateDir, folder };
}

describe('a recovery key', () => {
  test('is handed over once, leaves no file behind, and is remembered as given', async () => {
    const { made, units, handover, runtimeDir, log } = await box();
    units.onStart = () => writeFile(handover, `${KEY}\n`, { mode: 0o600 });
    expect((await made.facts()).recovery_key_given).toBe(false);
    expect(await made.diskRecoveryKey()).toBe(KEY);
    expect(units.started).toEqual(['b3iq-recovery-key']);
    expect(await readdir(runtimeDir)).toEqual([]);
    expect((await made.facts()).recovery_key_given).toBe(true);
    expect(log.lines.join()).not.toContain('cbdefghi');
  });

  test('is never an old one that lay there', async () => {
    const { made, handover } = await box();
    await writeFile(handover, `${KEY}\n`);
    await expect(made.diskRecoveryKey()).rejects.toMatchObject({ code: 'appliance_step_failed' });
  });

  test.each(['', 'hunter2', `${KEY}-more`, KEY.toUpperCase()])('is not %j', async (text) => {
    const { made, units, handover, runtimeDir } = await box();
    units.onStart = () => writeFile(handover, text);
    await expect(made.diskRecoveryKey()).rejects.toMatchObject({ code: 'appliance_step_failed' });
    expect(await readdir(runtimeDir)).toEqual([]);
    expect((await made.facts()).recovery_key_given).toBe(false);
  });

  test('is not read through a link', async () => {
    const { made, units, handover, folder } = await box();
    await writeFile(join(folder, 'elsewhere'), `${KEY}\n`);
    units.onStart = () => symlink(join(folder, 'elsewhere'), handover);
    await expect(made.diskRecoveryKey()).rejects.toMatchObject({ code: 'appliance_step_failed' });
  });

  test('is made for one who asks at a time', async () => {
    const { made, units, handover } = await box();
    units.onStart = () => writeFile(handover, `${KEY}\n`);
    const first = made.diskRecoveryKey();
    await expect(made.diskRecoveryKey()).rejects.toMatchObject({ code: 'appliance_step_failed' });
    expect(await first).toBe(KEY);
    expect(units.started).toHaveLength(1);
  });

  test('that the system refuses is told', async () => {
    const { made, units } = await box();
    units.fails.add('b3iq-recovery-key');
    await expect(made.diskRecoveryKey()).rejects.toMatchObject({ code: 'appliance_step_failed' });
  });
});

test('power and reset are one fixed unit each', async () => {
  const { made, units } = await box();
  await made.power('restart');
  await made.power('power-off');
  await made.factoryReset();
  expect(units.started).toEqual(['b3iq-restart', 'b3iq-power-off', 'b3iq-factory-reset']);
});

describe('what the kernel shows', () => {
  async function sys() {
    const root = await mkdtemp(join(tmpdir(), 'b3iq-sys-'));
    const vars = join(root, 'firmware/efi/efivars');
    await mkdir(vars, { recursive: true });
    const secureBoot = (value: number) =>
      writeFile(
        join(vars, 'SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c'),
        Buffer.from([6, 0, 0, 0, value]),
      );
    const { dev } = await stat(root);
    const block = join(
      root,
      'dev/block',
      `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & ~0xff)}`,
      'dm',
    );
    const volume = async (uuid: string) => {
      await mkdir(block, { recursive: true });
      await writeFile(join(block, 'uuid'), uuid);
    };
    return { root, secureBoot, volume };
  }
  test('tells Secure Boot on, off and absent', async () => {
    const { root, secureBoot } = await sys();
    expect(await isSecureBoot(root)).toBe(false);
    await secureBoot(0);
    expect(await isSecureBoot(root)).toBe(false);
    await secureBoot(1);
    expect(await isSecureBoot(root)).toBe(true);
  });
  test('tells a LUKS volume from a verity one and from a plain disk', async () => {
    const { root, volume } = await sys();
    expect(await isEncrypted(root, root)).toBe(false);
    await volume('CRYPT-VERITY-0123-root\n');
    expect(await isEncrypted(root, root)).toBe(false);
    await volume('CRYPT-LUKS2-0123456789abcdef-data\n');
    expect(await isEncrypted(root, root)).toBe(true);
    expect(await isEncrypted('/nowhere', root)).toBe(false);
  });
});
