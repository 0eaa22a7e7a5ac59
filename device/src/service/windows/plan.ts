/**
 * B3IQ Host as a scheduled task of Windows, started at login or with the computer: the one way that needs no service
 * wrapper. Pure. Made from Microsoft's reference and never run on Windows (docs/adr/0023).
 * @see Task Scheduler Schema (MS-TSCH §2.5), schtasks, CommandLineToArgvW
 */
import type { ServiceFacts, ServicePlan, ServiceRefusal, Step } from '../types.ts';
import { escapeXml } from '../xml.ts';

const TASK = '\\B3IQ\\Host';
/** `NT AUTHORITY\LOCAL SERVICE`: no password, hardly a right. @see Well-known SIDs */
const LOCAL_SERVICE = 'S-1-5-19';
const ADMINISTRATORS = 'S-1-5-32-544';
const SYSTEM = 'S-1-5-18';

export function planTask(facts: ServiceFacts): ServicePlan | ServiceRefusal {
  const isSystem = facts.scope === 'system';
  const base = isSystem ? facts.programData : facts.localAppData;
  if (base === undefined)
    return {
      kind: 'refused',
      reason: `${isSystem ? '%ProgramData%' : '%LOCALAPPDATA%'} is not set. Start this from an ordinary command window.`,
    };
  const own = `${base}\\B3IQ\\Host`;
  if (isSystem && facts.stateDir !== undefined && facts.stateDir !== `${own}\\state`)
    return {
      kind: 'refused',
      reason: `The system service runs as an account of its own and keeps its state in ${own}\\state. Leave --state-dir and B3IQ_STATE_DIR out.`,
    };
  const stateDir = facts.stateDir ?? `${own}\\state`;
  for (const path of [facts.nodePath, facts.programPath, stateDir])
    if (/["%]|\$\(/.test(path))
      return {
        kind: 'refused',
        reason: `The task scheduler would read the quotes, percent signs or $( in ${path} as its own and has no way to write them plainly. Move it to a plainer path and try again.`,
      };
  for (const path of [facts.nodePath, facts.programPath])
    if (isSystem && /^[a-z]:[\\/]users[\\/]/i.test(path))
      return {
        kind: 'refused',
        reason: `The system service cannot read ${path}: it runs as an account of its own, and that folder is a person’s. Install Node and b3iq-host for everybody, such as below C:\\Program Files, and try again.`,
      };
  const file = `${own}\\service.xml`;
  const schtasks = (says: string, ...words: readonly string[]): Step => ({
    argv: ['schtasks', ...words],
    says,
  });
  const register = schtasks('Handing it to the task scheduler', '/Create', '/TN', TASK, '/XML', file, '/F');
  const run = schtasks('Starting it', '/Run', '/TN', TASK);
  const end: Step = { ...schtasks('Stopping it', '/End', '/TN', TASK), mayFail: true };
  const protect: Step = {
    argv: [
      'icacls',
      own,
      '/inheritance:r',
      '/grant',
      ...[LOCAL_SERVICE, ADMINISTRATORS, SYSTEM].map((sid) => `*${sid}:(OI)(CI)F`),
    ],
    says: 'Keeping other accounts out of its folder',
  };
  return {
    kind: 'plan',
    // An account without the right is told so by the task scheduler itself.
    mayNot: undefined,
    name: TASK,
    file: { path: file, text: task(facts, stateDir, isSystem), mode: 0o600, encoding: 'utf16le' },
    stateDir,
    folders: [{ path: own, mode: 0o700 }],
    start: [...(isSystem ? [protect] : []), end, register, run],
    ensure: [register, run],
    stop: [end, schtasks('Taking it from the task scheduler', '/Delete', '/TN', TASK, '/F')],
    forget: [],
    ask: schtasks('Asking the task scheduler', '/Query', '/TN', TASK, '/FO', 'CSV', '/NH'),
    runningSays: '"Running"',
    notes: isSystem
      ? [
          `It starts with the computer, as LOCAL SERVICE. Its state is in ${stateDir}, open to administrators.`,
        ]
      : [
          'It starts when you log in, in a window of its own that may be minimised. The system service (--system) has none.',
        ],
    logs: undefined,
  };
}

function task(facts: ServiceFacts, stateDir: string, isSystem: boolean): string {
  const words = ['--disable-sigusr1', facts.programPath, 'run', '--as-service', '--state-dir', stateDir];
  const user = escapeXml(facts.user);
  return [
    '<?xml version="1.0" encoding="UTF-16"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo>',
    '    <Description>B3IQ Host answers from its own models.</Description>',
    `    <URI>${TASK}</URI>`,
    '  </RegistrationInfo>',
    '  <Triggers>',
    ...(isSystem
      ? ['    <BootTrigger><Enabled>true</Enabled></BootTrigger>']
      : [`    <LogonTrigger><Enabled>true</Enabled><UserId>${user}</UserId></LogonTrigger>`]),
    '  </Triggers>',
    '  <Principals>',
    '    <Principal id="Author">',
    ...(isSystem
      ? [`      <UserId>${LOCAL_SERVICE}</UserId>`]
      : [`      <UserId>${user}</UserId>`, '      <LogonType>InteractiveToken</LogonType>']),
    '      <RunLevel>LeastPrivilege</RunLevel>',
    '    </Principal>',
    '  </Principals>',
    '  <Settings>',
    '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
    '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
    '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
    '    <AllowHardTerminate>true</AllowHardTerminate>',
    '    <StartWhenAvailable>true</StartWhenAvailable>',
    '    <AllowStartOnDemand>true</AllowStartOnDemand>',
    '    <Enabled>true</Enabled>',
    '    <RunOnlyIfIdle>false</RunOnlyIfIdle>',
    '    <!-- PT0S: no end. 5: an ordinary priority; the default of tasks, 7, also slows the disk. -->',
    '    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>',
    '    <Priority>5</Priority>',
    '    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>',
    '  </Settings>',
    '  <Actions Context="Author">',
    '    <Exec>',
    `      <Command>${escapeXml(facts.nodePath)}</Command>`,
    `      <Arguments>${escapeXml(words.map(quoted).join(' '))}</Arguments>`,
    '    </Exec>',
    '  </Actions>',
    '</Task>',
    '',
  ].join('\r\n');
}

/** A word that holds no quote, for a program that splits its own command line: a backslash before the closing quote is doubled. */
const quoted = (word: string): string =>
  /^[\w.:\\/+-]+$/.test(word) ? word : `"${word.replace(/\\+$/, '$&$&')}"`;
