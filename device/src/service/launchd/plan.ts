/**
 * B3IQ Host as a job of macOS's launchd: an agent of one person, or a daemon that runs as that person from the start on.
 * Pure. Made from Apple's manuals and never run on a Mac (docs/adr/0023). @see launchd.plist(5), launchctl(1)
 */
import type { ServiceFacts, ServicePlan, ServiceRefusal, Step } from '../types.ts';
import { escapeXml } from '../xml.ts';

const LABEL = 'com.b3iq.host';

export function planLaunchd(facts: ServiceFacts): ServicePlan | ServiceRefusal {
  const { scope, home, user, uid } = facts;
  const isSystem = scope === 'system';
  if (uid === undefined || uid === 0)
    return {
      kind: 'refused',
      reason:
        'The service runs as a person, not as root: run this with sudo from the account it shall run as.',
    };
  const stateDir = facts.stateDir ?? `${home}/.local/state/b3iq`;
  const path = `${isSystem ? '/Library/LaunchDaemons' : `${home}/Library/LaunchAgents`}/${LABEL}.plist`;
  const log = `${home}/Library/Logs/b3iq-host.log`;
  const domain = isSystem ? 'system' : `gui/${uid}`;
  const job = `${domain}/${LABEL}`;
  const launchctl = (says: string, ...words: readonly string[]): Step => ({
    argv: ['launchctl', ...words],
    says,
  });
  const enable = launchctl('Starting it by itself from now on', 'enable', job);
  const load = launchctl('Starting it', 'bootstrap', domain, path);
  const unload: Step = { ...launchctl('Stopping it', 'bootout', job), mayFail: true };
  return {
    kind: 'plan',
    mayNot: mayNot(facts),
    name: LABEL,
    file: {
      path,
      text: plist(facts, stateDir, isSystem ? user : undefined, log),
      mode: 0o644,
      encoding: 'utf8',
    },
    stateDir,
    folders: isSystem
      ? []
      : [
          { path: `${home}/Library/LaunchAgents`, mode: 0o755 },
          { path: `${home}/Library/Logs`, mode: 0o700 },
        ],
    start: [unload, enable, load],
    ensure: [enable, { ...load, mayFail: true }, launchctl('Starting it, unless it runs', 'kickstart', job)],
    stop: [unload],
    forget: [],
    ask: launchctl('Asking launchd', 'print', job),
    runningSays: 'state = running',
    notes: isSystem
      ? [`It starts with the computer and runs as ${user}, not as root.`]
      : ['It starts when you log in and stops when you log out.'],
    logs: `tail -n 100 ${log.replaceAll(/[^A-Za-z0-9_./-]/g, '\\$&')}`,
  };
}

function mayNot({ scope, isRoot }: ServiceFacts): string | undefined {
  if (scope === 'system')
    return isRoot ? undefined : 'A service of the whole computer needs root: run the same with sudo.';
  return isRoot
    ? 'A service of your own is installed without sudo. For one of the whole computer, add --system.'
    : undefined;
}

function plist(facts: ServiceFacts, stateDir: string, runAs: string | undefined, log: string): string {
  const words = [
    facts.nodePath,
    '--disable-sigusr1',
    facts.programPath,
    'run',
    '--as-service',
    '--state-dir',
    stateDir,
  ];
  const text = (value: string) => `<string>${escapeXml(value)}</string>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    `  <key>Label</key>${text(LABEL)}`,
    ...(runAs === undefined ? [] : [`  <key>UserName</key>${text(runAs)}`]),
    '  <key>ProgramArguments</key>',
    '  <array>',
    ...words.map((word) => `    ${text(word)}`),
    '  </array>',
    '  <key>RunAtLoad</key><true/>',
    '  <!-- Again after a fault, not after it was told to stop. -->',
    '  <key>KeepAlive</key>',
    '  <dict>',
    '    <key>SuccessfulExit</key><false/>',
    '  </dict>',
    '  <key>ThrottleInterval</key><integer>5</integer>',
    '  <key>ExitTimeOut</key><integer>20</integer>',
    '  <!-- Somebody waits for each answer: no other type is free of limits on processor and disk. -->',
    '  <key>ProcessType</key><string>Interactive</string>',
    '  <!-- 077 in octal: what it makes is for its own account alone. -->',
    '  <key>Umask</key><integer>63</integer>',
    '  <key>SoftResourceLimits</key>',
    '  <dict>',
    '    <key>NumberOfFiles</key><integer>65536</integer>',
    '  </dict>',
    `  <key>StandardErrorPath</key>${text(log)}`,
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}
