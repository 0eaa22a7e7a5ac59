/**
 * B3IQ Host as a unit of systemd: of a person's own manager, or of the computer's in a sandbox. Pure.
 * Works from systemd 244 on: no `OpenFile=` and so no `Type=notify`, which Debian 12 cannot give (docs/adr/0023).
 * @see systemd.service(5), systemd.exec(5), systemd.syntax(7)
 */
import type { ServiceFacts, ServicePlan, ServiceRefusal, Step } from '../types.ts';

const UNIT = 'b3iq-host.service';
/** systemd makes it, owned by the account it makes, as a link into `/var/lib/private`. @see StateDirectory= */
const SYSTEM_STATE = '/var/lib/b3iq-host';
/** What the sandbox of a system unit hides (`ProtectHome=`, `PrivateTmp=`). */
const HIDDEN = /^\/(?:home|root|run\/user|tmp|var\/tmp)\//;

export function planSystemd(facts: ServiceFacts): ServicePlan | ServiceRefusal {
  const refuse = (reason: string): ServiceRefusal => ({ kind: 'refused', reason });
  // The rest of a command line may hold them; a program's own path may not. @see string_is_safe in systemd's string-util.c
  if (/["'\\]/.test(facts.nodePath))
    return refuse(
      `systemd starts no program whose path holds quotes or backslashes, and Node is ${facts.nodePath}. Install Node elsewhere and try again.`,
    );
  return facts.scope === 'user' ? userUnit(facts) : systemUnit(facts, refuse);
}

function userUnit(facts: ServiceFacts): ServicePlan {
  const stateDir = facts.stateDir ?? `${facts.home}/.local/state/b3iq`;
  const text = unit({
    comment: 'systemctl --user edit b3iq-host',
    service: [
      ...started(facts, stateDir),
      '# Cores, memory and GPU are not limited here: answers are what this program is for.',
      'NoNewPrivileges=yes',
    ],
    wantedBy: 'default.target',
  });
  return {
    ...plan(facts, ['--user'], `${facts.userUnitDir}/${UNIT}`, text),
    mayNot:
      facts.isRoot && facts.uid !== 0
        ? 'With sudo this would become a service of root. Leave sudo out for a service of your own, or add --system for one of the whole computer.'
        : undefined,
    stateDir,
    notes: facts.lingers
      ? ['It starts with the computer, because your account lingers.']
      : [
          `It starts when you log in and stops when you log out. To have it run from the computer’s start on: loginctl enable-linger ${facts.user}`,
        ],
    logs: 'journalctl --user --unit b3iq-host',
  };
}

function systemUnit(
  facts: ServiceFacts,
  refuse: (reason: string) => ServiceRefusal,
): ServicePlan | ServiceRefusal {
  if (facts.stateDir !== undefined && facts.stateDir !== SYSTEM_STATE)
    return refuse(
      `The system service runs as an account of its own and keeps its state in ${SYSTEM_STATE}. Leave --state-dir and $B3IQ_STATE_DIR out.`,
    );
  for (const path of [facts.nodePath, facts.programPath])
    if (HIDDEN.test(path))
      return refuse(
        `The system service cannot see ${path}: it runs as an account of its own, without anybody’s home or temporary folders. Install Node and b3iq-host for everybody, such as below /usr/local, and try again.`,
      );
  const text = unit({
    comment: 'systemctl edit b3iq-host',
    service: [
      ...started(facts, SYSTEM_STATE),
      '# An account that exists while it runs; the state folder follows it.',
      'DynamicUser=yes',
      'StateDirectory=b3iq-host',
      'StateDirectoryMode=0700',
      ...(facts.gpuGroups.length === 0 ? [] : [`SupplementaryGroups=${facts.gpuGroups.join(' ')}`]),
      '',
      '# No privilege, no device but a GPU, nothing of anybody’s, nothing written but its state.',
      ...SANDBOX,
    ],
    wantedBy: 'multi-user.target',
  });
  return {
    ...plan(facts, [], `${facts.systemUnitDir}/${UNIT}`, text),
    mayNot: facts.isRoot ? undefined : 'A service of the whole computer needs root: run the same with sudo.',
    stateDir: SYSTEM_STATE,
    notes: [
      `Its state is in ${SYSTEM_STATE}. Speak to it as root: sudo b3iq-host --state-dir ${SYSTEM_STATE} status`,
      'It sees no home folder: keep model files elsewhere, such as in /srv.',
    ],
    logs: 'journalctl --unit b3iq-host',
  };
}

/** As for the appliance's agent (`b3iq-device.service`), with a GPU and without what only an appliance has. */
const SANDBOX: readonly string[] = [
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'NoNewPrivileges=yes',
  'ProtectSystem=strict',
  'ProtectHome=yes',
  'PrivateTmp=yes',
  'PrivateIPC=yes',
  'DevicePolicy=closed',
  'DeviceAllow=char-drm rw',
  'DeviceAllow=char-kfd rw',
  'DeviceAllow=char-nvidia* rw',
  'ProtectClock=yes',
  'ProtectControlGroups=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectProc=invisible',
  'RemoveIPC=yes',
  'LockPersonality=yes',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  // Not also @resources: engines run inside and pin their threads.
  'SystemCallFilter=~@privileged @mount @debug @cpu-emulation @obsolete',
  'SystemCallErrorNumber=EPERM',
  '# Not MemoryDenyWriteExecute: JavaScript is compiled while it runs.',
];

function started({ nodePath, programPath }: ServiceFacts, stateDir: string): readonly string[] {
  const words = ['--disable-sigusr1', programPath, 'run', '--as-service', '--state-dir', stateDir];
  return [
    'Type=exec',
    `ExecStart=${quotedProgram(nodePath)} ${words.map(quoted).join(' ')}`,
    'UMask=0077',
    '# However often: an agent that another one keeps out takes over once that one has ended.',
    'Restart=on-failure',
    'RestartSec=5s',
    '# The agent alone is told: it lets running answers end and stops its engines itself.',
    'KillMode=mixed',
    'TimeoutStopSec=20s',
    'LimitNOFILE=65536',
  ];
}

function unit(parts: {
  readonly comment: string;
  readonly service: readonly string[];
  readonly wantedBy: string;
}): string {
  return [
    `# Yours to add to: ${parts.comment}. A file changed by hand is neither replaced nor removed.`,
    '[Unit]',
    'Description=B3IQ Host',
    'After=network.target',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    ...parts.service,
    '',
    '[Install]',
    `WantedBy=${parts.wantedBy}`,
    '',
  ].join('\n');
}

function plan(facts: ServiceFacts, whose: readonly string[], path: string, text: string) {
  const systemctl = (says: string, ...words: readonly string[]): Step => ({
    argv: ['systemctl', ...whose, '--no-ask-password', ...words],
    says,
  });
  const reload = systemctl('Reading the units again', 'daemon-reload');
  const enable = systemctl('Starting it by itself from now on', 'enable', UNIT);
  const folder = facts.scope === 'user' ? facts.userUnitDir : facts.systemUnitDir;
  return {
    kind: 'plan',
    name: UNIT,
    file: { path, text, mode: 0o644, encoding: 'utf8' },
    folders: [{ path: folder, mode: 0o755 }],
    start: [reload, enable, systemctl('Starting it', 'restart', UNIT)],
    ensure: [reload, enable, systemctl('Starting it, unless it runs', 'start', UNIT)],
    stop: [systemctl('Stopping it, now and for later', 'disable', '--now', UNIT)],
    forget: [reload],
    ask: systemctl('Asking systemd', 'is-active', '--quiet', UNIT),
    runningSays: undefined,
  } as const;
}

/** A word of a command line: as C quotes it, no variable and no specifier in it. @see systemd.service(5), "Command lines" */
const quoted = (word: string): string =>
  /^[A-Za-z0-9_./:=@+-]+$/.test(word)
    ? word
    : `"${word.replaceAll(/["\\]/g, '\\$&').replaceAll('$', '$$$$').replaceAll('%', '%%')}"`;

/** The program's own path: specifiers are looked for in it, variables are not. */
const quotedProgram = (path: string): string =>
  /^[A-Za-z0-9_./:=+-]+$/.test(path) ? path : `"${path.replaceAll('%', '%%')}"`;
