/** The files as they would lie on each computer, against frozen ones; what they mean was read in each manager's manual. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeFacts } from './fake.ts';
import { encoded, marked, stateOf } from './mark.ts';
import { planService } from './plan.ts';
import type { Manager, Scope, ServiceFile } from './types.ts';

const GOLDEN: readonly (readonly [name: string, manager: Manager, scope: Scope])[] = [
  ['systemd.user.service', 'systemd', 'user'],
  ['systemd.system.service', 'systemd', 'system'],
  ['launchd.agent.plist', 'launchd', 'user'],
  ['launchd.daemon.plist', 'launchd', 'system'],
  ['windows.user.xml', 'task-scheduler', 'user'],
  ['windows.system.xml', 'task-scheduler', 'system'],
];

function fileOf(manager: Manager, scope: Scope): ServiceFile {
  const plan = planService(fakeFacts(manager, { scope }));
  if (plan.kind === 'refused') throw new Error(plan.reason);
  return plan.file;
}

for (const [name, manager, scope] of GOLDEN) {
  test(`${name} is as it was`, async () => {
    const text = marked(fileOf(manager, scope)).replaceAll('\r\n', '\n');
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, 'golden', name));
  });

  test(`${name} is known again, and known to have been changed`, () => {
    const file = fileOf(manager, scope);
    const bytes = encoded(file);
    expect(stateOf(file, undefined)).toBe('absent');
    expect(stateOf(file, bytes)).toBe('current');
    const older = { ...file, text: `${file.text} ` };
    expect(stateOf(older, bytes)).toBe('ours');
    for (const at of [0, bytes.length >> 1, bytes.length - 3]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(stateOf(file, changed), `byte ${at}`).toBe('changed');
    }
    expect(stateOf(file, Buffer.concat([bytes, Buffer.from('\n\0')]))).toBe('changed');
    expect(stateOf(file, Buffer.alloc(0))).toBe('changed');
  });
}

test('the task scheduler gets UTF-16 with its mark of byte order, as it says of itself', () => {
  const bytes = encoded(fileOf('task-scheduler', 'user'));
  expect([bytes[0], bytes[1]]).toEqual([0xff, 0xfe]);
  expect(bytes.toString('utf16le').slice(1)).toMatch(/^<\?xml version="1\.0" encoding="UTF-16"\?>\r\n<!-- /);
});
