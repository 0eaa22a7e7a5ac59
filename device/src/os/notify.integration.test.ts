import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { memoryLog } from './log.ts';
import { systemdManager } from './notify.ts';

/** A manager's socket: starts a program with a connected descriptor 3 and prints each message with its sender. */
const MANAGER = `
use Socket; use Fcntl; $^F = 10; $| = 1;
my $path = shift;
socket(my $server, AF_UNIX, SOCK_DGRAM, 0) or die; bind($server, sockaddr_un($path)) or die;
setsockopt($server, SOL_SOCKET, 16, pack("i", 1)) or die;
socket(my $client, AF_UNIX, SOCK_DGRAM, 0) or die; connect($client, sockaddr_un($path)) or die;
my $pid = fork();
if ($pid == 0) { close $server; POSIX::dup2(fileno($client), 3); exec(@ARGV) or die; }
close $client;
print "child $pid\\n";
my $gone = 0; $SIG{CHLD} = sub { wait; $gone = 1 };
while (1) {
  # Looked at before: what the child said last lies in the queue when it is gone.
  my $was_gone = $gone;
  vec(my $waiting = '', fileno($server), 1) = 1; select($waiting, undef, undef, 0.05);
  while (defined(recv($server, my $message, 4096, MSG_DONTWAIT))) { $message =~ s/\\n/|/g; print "<$message>\\n"; }
  exit 0 if $was_gone;
}
`;

const AGENT = `
import { systemdManager } from ${JSON.stringify(new URL('./notify.ts', import.meta.url).href)};
import { jsonLog } from ${JSON.stringify(new URL('./log.ts', import.meta.url).href)};
const manager = systemdManager(3, 40_000, jsonLog('error'));
manager.ready('B3IQ-N7K4\\nanswers');
const staying = setInterval(() => {}, 60_000);
let asked = 0;
manager.watch(() => {
  asked += 1;
  if (asked === 8) setImmediate(end);
  return asked <= 2;
});
function end() { manager.status('still here'); manager.stopping(); manager.close(); clearInterval(staying); }
`;

test('each message is one datagram, the watchdog hears from a living agent only, and a line break ends nothing', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'b3iq-notify-')), 'notify');
  const { stdout } = await execa('perl', [
    '-MPOSIX',
    '-e',
    MANAGER,
    path,
    process.execPath,
    '--input-type=module',
    '-e',
    AGENT,
  ]);
  const messages = stdout.split('\n').slice(1);
  expect(messages[0]).toBe('<READY=1|STATUS=B3IQ-N7K4 answers>');
  expect(messages.filter((message) => message === '<WATCHDOG=1>')).toHaveLength(2);
  expect(messages.slice(-2)).toEqual(['<STATUS=still here>', '<STOPPING=1>']);
});

test('a manager that is gone is said in the log and hurts nobody', () => {
  const log = memoryLog();
  const manager = systemdManager(999, 1_000_000, log);
  manager.ready('x');
  manager.watch(() => true);
  manager.close();
  expect(log.lines.join()).toContain('notify.failed');
});
