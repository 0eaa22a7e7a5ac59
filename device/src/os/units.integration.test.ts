import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FakeUnits, systemdUnits } from './units.ts';

/** A `systemctl` of our own, so that the real call is made and seen. */
async function systemctl(script: string) {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-units-'));
  const program = join(folder, 'systemctl');
  await writeFile(program, `#!/bin/sh\necho "$@" >>"${folder}/asked"\n${script}\n`);
  await chmod(program, 0o755);
  return { units: systemdUnits(program), asked: () => readFile(join(folder, 'asked'), 'utf8') };
}

test('a step is asked for by its whole name, never with a password prompt', async () => {
  const { units, asked } = await systemctl('exit 0');
  await units.start('b3iq-firewall');
  await units.start('b3iq-start-engine@7', { wait: false });
  expect(await asked()).toBe(
    'start --no-ask-password --quiet b3iq-firewall.service\n' +
      'start --no-ask-password --quiet --no-block b3iq-start-engine@7.service\n',
  );
});

test.each([
  ['exit 4', {}, /status 4/],
  ['sleep 5', { timeoutMs: 100 }, /took too long/],
])('a step that does %j is told as one that failed', async (script, options, sentence) => {
  const { units } = await systemctl(script);
  await expect(units.start('b3iq-update', options)).rejects.toMatchObject({
    code: 'appliance_step_failed',
    detail: expect.stringMatching(sentence),
  });
});

test('a system without systemd refuses every step, as its fake can', async () => {
  await expect(systemdUnits('/nowhere/systemctl').start('b3iq-restart')).rejects.toMatchObject({
    code: 'appliance_step_failed',
  });
  const fake = new FakeUnits();
  fake.fails.add('b3iq-restart');
  await expect(fake.start('b3iq-restart')).rejects.toMatchObject({ code: 'appliance_step_failed' });
  expect(fake.started).toEqual(['b3iq-restart']);
});
