/** Holds the files laid over the image to one another, and to the programs they start. What they do is tried in the image. */
import { existsSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { engineSocket } from '../../engine/llama-server/stock.ts';
import { ENGINES_SHARE } from '../../models/memory.ts';
import { ENGINE_INSTANCES, STEP_UNITS } from '../../os/units.ts';
import { DOORS, doorsOf } from '../machine/doorkeeper.ts';
import { filesBelow, OVERLAY, programOf, settings, textOf, unitFile, unitNames } from './files.ts';
import { polkitRules } from './polkit.ts';

const ask = polkitRules('/usr/share/polkit-1/rules.d/40-b3iq.rules');
const MANAGE = 'org.freedesktop.systemd1.manage-units';
const VERBS = [
  'start',
  'stop',
  'restart',
  'reload',
  'kill',
  'reset-failed',
  'set-property',
  'clean',
  'freeze',
];
const AGENT_UNITS = [
  ...STEP_UNITS.map((name) => `${name}.service`),
  ...(['start', 'stop', 'restart'] as const).flatMap((verb) =>
    ENGINE_INSTANCES.map((engine) => `b3iq-${verb}-engine@${engine}.service`),
  ),
];
const BUTTON_UNITS = ['b3iq-power-off.service', 'b3iq-factory-reset.service'];

test('the agent may start exactly the units it knows, and do nothing else to them', () => {
  for (const unit of AGENT_UNITS)
    for (const verb of VERBS)
      expect([unit, verb, ask({ action: MANAGE, user: 'b3iq', details: { unit, verb } })]).toEqual([
        unit,
        verb,
        verb === 'start' ? 'yes' : 'no',
      ]);
});

test('everything beside the list is refused: neighbours, look-alikes, transient names, and questions without a unit', () => {
  const beside = [
    ...unitNames().filter((name) => !AGENT_UNITS.some((unit) => unitFile(unit) === name)),
    'b3iq-update.service.d',
    'b3iq-update',
    'xb3iq-update.service',
    'b3iq-update.service\n',
    'b3iq-start-engine@8.service',
    'b3iq-start-engine@00.service',
    'b3iq-start-engine@0x.service',
    'b3iq-start-engine@.service',
    'b3iq-engine@0.service',
    'b3iq-anything.service',
    'run-u1.service',
    'ssh.service',
    'rescue.target',
    'emergency.target',
    'poweroff.target',
    '',
  ];
  for (const unit of beside)
    expect([unit, ask({ action: MANAGE, user: 'b3iq', details: { unit, verb: 'start' } })]).toEqual([
      unit,
      'no',
    ]);
  expect(ask({ action: MANAGE, user: 'b3iq' })).toBe('no');
  expect(ask({ action: MANAGE, user: 'b3iq', details: { unit: 'b3iq-update.service' } })).toBe('no');
});

test('the power button may start its two units; nobody else may start any', () => {
  for (const unit of AGENT_UNITS) {
    const details = { unit, verb: 'start' };
    expect([unit, ask({ action: MANAGE, user: 'b3iq-button', details })]).toEqual([
      unit,
      BUTTON_UNITS.includes(unit) ? 'yes' : 'no',
    ]);
    for (const user of ['b3iq-engine', 'b3iq-console', 'b3iq-fetch', 'avahi', 'nobody'])
      expect(ask({ action: MANAGE, user, details })).toBe('no');
  }
});

test('other rights of the system are nobody’s but root’s', () => {
  for (const action of [
    'org.freedesktop.systemd1.manage-unit-files',
    'org.freedesktop.systemd1.reload-daemon',
    'org.freedesktop.systemd1.set-environment',
    'org.freedesktop.login1.reboot',
    'org.freedesktop.login1.set-reboot-to-firmware-setup',
    'org.freedesktop.hostname1.set-static-hostname',
    'org.freedesktop.timedate1.set-time',
    'org.freedesktop.NetworkManager.settings.modify.hostname',
    'org.freedesktop.NetworkManager.settings.modify.global-dns',
    'org.freedesktop.NetworkManager.reload',
    'org.freedesktop.NetworkManager.wifi.share.open',
    'org.freedesktop.policykit.exec',
  ])
    for (const user of ['b3iq', 'b3iq-engine', 'b3iq-button', 'nobody'])
      expect([action, user, ask({ action, user })]).toEqual([action, user, 'no']);
  expect(ask({ action: 'org.freedesktop.NetworkManager.network-control', user: 'b3iq' })).toBe('yes');
  expect(ask({ action: 'org.freedesktop.NetworkManager.network-control', user: 'b3iq-engine' })).toBe('no');
  expect(ask({ action: MANAGE, user: 'root', details: { unit: 'ssh.service', verb: 'start' } })).toBe(
    'not_handled',
  );
});

test('every unit that may be asked for is a file: a name without one could be made into anything', () => {
  for (const unit of [...AGENT_UNITS, ...BUTTON_UNITS])
    expect([unit, unitNames().includes(unitFile(unit))]).toEqual([unit, true]);
});

test('every program a unit starts is in the overlay, in the bundles, or Debian’s', () => {
  const bundles = readFileSync(join(OVERLAY, '../scripts/bundle.ts'), 'utf8');
  const debian = ['/usr/bin/systemctl', '/usr/bin/echo', '/usr/bin/touch', '/usr/sbin/nft'];
  for (const unit of unitNames().filter((name) => name.endsWith('.service')))
    for (const line of settings(unit, 'ExecStart')) {
      const [program = '', ...args] = line.split(' ');
      if (program === '/usr/lib/b3iq/node') {
        const script = args.find((arg) => !arg.startsWith('--')) ?? '';
        expect([unit, script, bundles.includes(`'${programOf(script)}'`)]).toEqual([unit, script, true]);
      } else if (program.startsWith('/usr/libexec/b3iq/'))
        expect([unit, existsSync(join(OVERLAY, program))]).toEqual([unit, true]);
      else expect([unit, debian.includes(program) ? program : 'Debian’s'] as const).toEqual([unit, program]);
    }
});

test('users of units are made with fixed numbers, each its own', () => {
  const made = filesBelow('/usr/lib/sysusers.d').flatMap((path) =>
    [...textOf(path).matchAll(/^([ug])\s+(\S+)\s+(\d+)/gm)].map(([, kind, name, id]) => ({ kind, name, id })),
  );
  expect(new Set(made.map(({ id }) => id)).size).toBe(made.length);
  const users = made.filter(({ kind }) => kind === 'u').map(({ name }) => name);
  for (const unit of unitNames())
    for (const user of settings(unit, 'User')) expect([unit, users.includes(user)]).toEqual([unit, true]);
});

test('a unit that is to start by itself says so, and the preset says it too', () => {
  const preset = textOf('/usr/lib/systemd/system-preset/10-b3iq.preset');
  const enabled = [...preset.matchAll(/^enable (b3iq-\S+)$/gm)].map(([, name]) => name ?? '').sort();
  const wanting = unitNames().filter((name) =>
    textOf(`/usr/lib/systemd/system/${name}`).includes('\n[Install]\n'),
  );
  expect(enabled).toEqual(wanting);
  expect(preset).toMatch(/^disable \*$/m);
});

test('masked units and generators lead nowhere', () => {
  for (const folder of ['/etc/systemd/system', '/etc/systemd/system-generators'])
    for (const path of filesBelow(folder))
      expect([path, readlinkSync(join(OVERLAY, path))]).toEqual([path, '/dev/null']);
});

test('scripts are short, strict and executable', () => {
  for (const path of filesBelow('/usr/libexec/b3iq')) {
    const text = textOf(path);
    expect([path, text.split('\n').length <= 41, text.startsWith('#!/bin/sh\n# ')]).toEqual([
      path,
      true,
      true,
    ]);
    expect(text).toContain('\nset -eu\n');
    expect(statSync(join(OVERLAY, path)).mode & 0o777).toBe(0o755);
  }
});

test('an engine may read installed models, and is found where the agent looks for it', () => {
  const unit = 'b3iq-engine@.service';
  for (const instance of ENGINE_INSTANCES) {
    const [line = ''] = settings(unit, 'ExecStart');
    expect(line.replaceAll('%i', String(instance)).split(' ')).toContain(engineSocket(instance));
    expect(settings(unit, 'RuntimeDirectory')).toEqual(['b3iq-engine/%i']);
  }
  const state = '/var/lib/b3iq';
  expect(readFileSync(join(OVERLAY, '../scripts/bundle.ts'), 'utf8')).toContain(`state_dir: '${state}'`);
  const models = `${state}/models`;
  expect(settings(unit, 'BindReadOnlyPaths')).toContain(models);
  // What the agent stores there belongs to the group that engines are in; its modes are the library's.
  expect(textOf('/usr/lib/tmpfiles.d/10-b3iq.conf')).toMatch(
    new RegExp(`^d ${models} +2750 b3iq b3iq-models`, 'm'),
  );
  expect(settings(unit, 'SupplementaryGroups').join(' ')).toContain('b3iq-models');
});

test.each([
  ['update', 'b3iq-fetch'],
  ['models', 'b3iq'],
])(
  'a stick with %s is mounted by its name, for reading, for %s alone, and lets go when it is pulled out',
  (what, user) => {
    const unit = `run-b3iq\\x2d${what}\\x2dstick.mount`;
    const rule = textOf('/usr/lib/udev/rules.d/70-b3iq.rules')
      .split('\n')
      .filter((line) => line.includes(`"B3IQ-${what.toUpperCase()}"`));
    expect(rule).toHaveLength(1);
    expect(rule[0]).toContain('ENV{ID_BUS}=="usb"');
    expect(rule[0]).toContain(`SYMLINK+="disk/b3iq/${what}-stick"`);
    expect(rule[0]).toContain(`ENV{SYSTEMD_WANTS}+="${unit}"`);
    expect(settings(unit, 'What')).toEqual([`/dev/disk/b3iq/${what}-stick`]);
    // The unit's name is its folder's (systemd.mount(5)).
    expect(settings(unit, 'Where')).toEqual([`/run/b3iq-${what}-stick`]);
    const id = new RegExp(`^u ${user} +(\\d+) `, 'm').exec(
      filesBelow('/usr/lib/sysusers.d').map(textOf).join('\n'),
    )?.[1];
    const [options = ''] = settings(unit, 'Options');
    expect(options.split(',').sort()).toEqual(
      ['ro', 'nodev', 'nosuid', 'noexec', `uid=${id}`, `gid=${id}`, 'fmask=0377', 'dmask=0277'].sort(),
    );
    expect(settings(unit, 'LazyUnmount')).toEqual(['yes']);
  },
);

test('the agent looks for models where the stick is mounted', () => {
  const [where] = settings('run-b3iq\\x2dmodels\\x2dstick.mount', 'Where');
  expect(readFileSync(join(OVERLAY, '../scripts/bundle.ts'), 'utf8')).toContain(`models_stick: '${where}'`);
});

test('what is plugged in while the agent runs shows in its namespace, without a right of its own', () => {
  expect(settings('b3iq-device.service', 'MountFlags')).toEqual([]); // private would keep sticks out, and pulled ones in
  expect(settings('b3iq-device.service', 'CapabilityBoundingSet')).toEqual(['']);
  // Something of the agent's own below /run would have to be mounted over it, and hide it.
  for (const key of ['TemporaryFileSystem', 'InaccessiblePaths', 'RootDirectory', 'BindPaths'])
    expect(settings('b3iq-device.service', key).join(' ')).not.toMatch(/(?:^|[ :-])\/(?:run(?:[ /]|$)| |$)/);
});

test('engines together may take what the agent reckons with', () => {
  const [most] = settings('b3iq-engine.slice', 'MemoryMax');
  expect(most).toBe(`${ENGINES_SHARE * 100}%`);
});

/** Ports a state lets in, as `tcp/80` or `wl* udp/53`. */
function doors(state: string): readonly string[] {
  return textOf(`/usr/share/b3iq/firewall/${state}.nft`)
    .split('\n')
    .flatMap((line) => {
      const rule =
        /^add rule inet b3iq doors (?:iifname "(\S+)" )?(tcp|udp) dport \{? ?([\d, ]+?) ?\}? accept$/.exec(
          line,
        );
      if (rule === null) {
        expect(line).toMatch(/^(#.*|include "\/usr\/share\/b3iq\/firewall\/base\.nft"|)$/);
        return [];
      }
      const [, device, protocol, ports = ''] = rule;
      return ports
        .split(',')
        .map((port) => `${device === undefined ? '' : `${device} `}${protocol}/${port.trim()}`);
    })
    .sort();
}
const SETUP_NETWORK = ['wl* tcp/53', 'wl* udp/53', 'wl* udp/67'];

test('each state of the firewall opens what it must and nothing more', () => {
  expect(doors('closed')).toEqual([]);
  expect(doors('unclaimed')).toEqual(['tcp/80', 'udp/5353', ...SETUP_NETWORK]);
  expect(doors('claimed')).toEqual(['tcp/443', 'tcp/80', 'tcp/8831', 'udp/5353']);
  expect(doors('claimed-hotspot')).toEqual(['tcp/443', 'tcp/80', 'tcp/8831', 'udp/5353', ...SETUP_NETWORK]);
  expect(textOf('/usr/share/b3iq/firewall/base.nft').match(/policy drop;/g)).toHaveLength(2);
  expect(filesBelow('/usr/share/b3iq/firewall')).toHaveLength(5);
});

test('the firewall knows each word the agent says, and opens nothing for another', () => {
  expect(textOf('/usr/libexec/b3iq/firewall')).toContain(`${DOORS.join(' | ')}) ;;`);
  expect(doorsOf(false, true)).toBe('unclaimed');
  expect(doorsOf(true, true)).toBe('claimed-hotspot');
  expect(doorsOf(true, false)).toBe('claimed');
});

test('the sockets are the ports the firewall knows', () => {
  const ports = ['http', 'https', 'api'].map((name) =>
    settings(`b3iq-${name}.socket`, 'ListenStream').join(),
  );
  expect(ports).toEqual(['80', '443', '8831']);
});
