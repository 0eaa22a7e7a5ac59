import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fakeFacts } from './fake.ts';
import { planService } from './plan.ts';
import type { Manager, ServiceFacts, ServicePlan } from './types.ts';

const MANAGERS = ['systemd', 'launchd', 'task-scheduler'] as const;

function planned(manager: Manager, given: Partial<ServiceFacts> = {}): ServicePlan {
  const plan = planService(fakeFacts(manager, given));
  if (plan.kind === 'refused') throw new Error(plan.reason);
  return plan;
}
function refused(manager: Manager, given: Partial<ServiceFacts>): string {
  const plan = planService(fakeFacts(manager, given));
  if (plan.kind === 'refused') return plan.reason;
  if (plan.mayNot === undefined) throw new Error(`not refused: ${plan.file.text}`);
  return plan.mayNot;
}

describe('a service of each manager', () => {
  for (const manager of MANAGERS)
    for (const scope of ['user', 'system'] as const)
      test(`${manager}, ${scope}: runs this Node, this program, and carries no environment`, () => {
        const { file, stateDir } = planned(manager, { scope });
        const { nodePath, programPath } = fakeFacts(manager);
        for (const word of [nodePath, programPath, '--as-service', stateDir])
          expect(file.text).toContain(word);
        expect(file.text).not.toMatch(/^Environment|EnvironmentVariables|B3IQ_/m);
      });

  test('says what a person has to know about its start', () => {
    expect(planned('systemd').notes.join(' ')).toContain('loginctl enable-linger anna');
    expect(planned('systemd', { lingers: true }).notes.join(' ')).not.toContain('loginctl');
    expect(planned('systemd', { scope: 'system' }).notes.join(' ')).toContain('sudo b3iq-host --state-dir');
  });

  test('works in the folder it was given, and in the manager’s own place otherwise', () => {
    expect(planned('systemd', { stateDir: '/data/b3iq' }).stateDir).toBe('/data/b3iq');
    expect(planned('systemd', { scope: 'system' }).stateDir).toBe('/var/lib/b3iq-host');
    expect(planned('launchd').stateDir).toBe('/Users/anna/.local/state/b3iq');
    expect(planned('task-scheduler', { scope: 'system' }).stateDir).toBe(
      'C:\\ProgramData\\B3IQ\\Host\\state',
    );
  });

  test('only asks for GPU groups that there are', () => {
    expect(planned('systemd', { scope: 'system', gpuGroups: ['video'] }).file.text).toContain(
      'SupplementaryGroups=video\n',
    );
    expect(planned('systemd', { scope: 'system', gpuGroups: [] }).file.text).not.toContain(
      'SupplementaryGroups',
    );
  });
});

describe('paths are written as each manager reads them', () => {
  test('systemd: blanks, quotes, backslashes, percent signs and dollars', () => {
    const { file } = planned('systemd', {
      nodePath: '/opt/a b%h $x é/node',
      programPath: '/opt/"c" \\d %n $HOME/b3iq-host.mjs',
    });
    expect(file.text).toContain(
      'ExecStart="/opt/a b%%h $x é/node" --disable-sigusr1 "/opt/\\"c\\" \\\\d %%n $$HOME/b3iq-host.mjs" run',
    );
  });
  test('launchd: the five escapes of XML', () => {
    const { file } = planned('launchd', { programPath: `/opt/<a> & "b" 'ç'/b3iq-host.mjs` });
    expect(file.text).toContain(
      '<string>/opt/&lt;a&gt; &amp; &quot;b&quot; &apos;ç&apos;/b3iq-host.mjs</string>',
    );
  });
  test('Windows: quotes around blanks, a closing backslash doubled, escapes of XML', () => {
    const { file } = planned('task-scheduler', { stateDir: 'D:\\my state & more\\' });
    expect(file.text).toContain('--state-dir &quot;D:\\my state &amp; more\\\\&quot;</Arguments>');
  });
});

describe('what cannot be expressed is refused', () => {
  for (const manager of MANAGERS) {
    test(`${manager}: line ends, control characters and what was no text`, () => {
      for (const bad of ['\n', '\r', '\0', '\u0007', '\u2028', '\ufffd', '\ud800'])
        expect(refused(manager, { programPath: `${fakeFacts(manager).programPath}${bad}x` })).toContain(
          'b3iq-host holds characters',
        );
    });
    test(`${manager}: a relative path, and a program that npx will clear away`, () => {
      expect(refused(manager, { stateDir: 'state' })).toContain('not absolute');
      const base = manager === 'task-scheduler' ? 'C:\\c\\_npx\\1\\b3iq-host.mjs' : '/c/_npx/1/b3iq-host.mjs';
      expect(refused(manager, { programPath: base })).toContain('npm install --global');
    });
  }
  test('systemd: quotes and backslashes in the path of Node itself', () => {
    for (const bad of ['"', "'", '\\'])
      expect(refused('systemd', { nodePath: `/opt/${bad}/node` })).toContain('quotes or backslashes');
  });
  test('Windows: what the scheduler would read as its own', () => {
    for (const bad of ['%TEMP%', '$(Arg0)', '"'])
      expect(refused('task-scheduler', { stateDir: `C:\\${bad}\\s` })).toContain('no way to write them');
  });
  test('systemd’s system service: a folder of its own choosing, homes it cannot see, and no root', () => {
    expect(refused('systemd', { scope: 'system', stateDir: '/srv/b3iq' })).toContain('/var/lib/b3iq-host');
    expect(refused('systemd', { scope: 'system', nodePath: '/home/anna/.nvm/node' })).toContain('cannot see');
    expect(refused('systemd', { scope: 'system', programPath: '/tmp/x/b3iq-host.mjs' })).toContain(
      'cannot see',
    );
    expect(refused('systemd', { scope: 'system', isRoot: false })).toContain('with sudo');
  });
  test('a service of one’s own by sudo', () => {
    expect(refused('systemd', { isRoot: true })).toContain('Leave sudo out');
    expect(refused('launchd', { isRoot: true })).toContain('without sudo');
    expect(planned('systemd', { isRoot: true, uid: 0 }).mayNot).toBeUndefined();
  });
  test('launchd: a daemon that would be root, or without sudo', () => {
    expect(refused('launchd', { scope: 'system', uid: 0 })).toContain('not as root');
    expect(refused('launchd', { scope: 'system', isRoot: false })).toContain('with sudo');
  });
  test('Windows: no folder for it, programs in a person’s folder, another state folder', () => {
    expect(refused('task-scheduler', { localAppData: undefined })).toContain('%LOCALAPPDATA%');
    expect(refused('task-scheduler', { scope: 'system', programData: undefined })).toContain('%ProgramData%');
    const nodePath = 'C:\\Users\\anna\\node.exe';
    expect(refused('task-scheduler', { scope: 'system', nodePath })).toContain('cannot read');
    expect(refused('task-scheduler', { scope: 'system', stateDir: 'D:\\s' })).toContain('B3IQ\\Host\\state');
  });
});

test('whatever the paths, nothing in them begins a line of its own', () => {
  const odd = fc.string({ unit: fc.constantFrom(...'"\'\\%$<>&;#=[]() é日\n\r\t\u0085\u2028') });
  const linesOf = (text: string) => text.split(/[\n\r\u0085\u2028]/).length;
  fc.assert(
    fc.property(fc.constantFrom(...MANAGERS), odd, (manager, end) => {
      const facts = fakeFacts(manager);
      const plan = planService({ ...facts, programPath: `${facts.programPath}${end}` });
      if (plan.kind === 'plan') expect(linesOf(plan.file.text)).toBe(linesOf(planned(manager).file.text));
    }),
  );
});
