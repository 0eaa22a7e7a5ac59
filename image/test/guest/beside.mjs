// As the agent's user, asks systemd for every unit and verb, and for what else a root program could be talked into, over
// one connection to the message bus. Prints what was granted beside the allowlist, and what of the allowlist was refused.
// First word: a file with the allowlist, a unit a line; second: a file with all units.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const [allowFile, unitsFile] = process.argv.slice(2);
const lines = (path) => readFileSync(path, 'utf8').split('\n').filter(Boolean);
const allowed = lines(allowFile);
const units = lines(unitsFile);

/** A D-Bus method call, little-endian, with string, bool and string-array arguments, and with empty property lists. @see dbus-specification, Message Protocol */
function call(serial, { to, path, face, method, signature = '', values = [] }) {
  const body = new Writer();
  for (const [index, kind] of [
    ...signature.replaceAll('a(sa(sv))', 'P').replaceAll('a(sv)', 'P').replaceAll('as', 'A'),
  ].entries())
    body.value(kind, values[index]);
  const head = new Writer();
  head.bytes(Buffer.from([0x6c, 1, 0, 1]));
  head.u32(body.length);
  head.u32(serial);
  const fields = new Writer(16);
  for (const [code, kind, text] of [
    [1, 'o', path],
    [2, 's', face],
    [3, 's', method],
    [6, 's', to],
    ...(signature === '' ? [] : [[8, 'g', signature]]),
  ]) {
    fields.align(8);
    fields.bytes(Buffer.from([code, 1, kind.charCodeAt(0), 0]));
    if (kind === 'g') fields.signature(text);
    else fields.string(text);
  }
  head.u32(fields.length - 16);
  head.bytes(fields.buffer().subarray(16));
  head.align(8);
  return Buffer.concat([head.buffer(), body.buffer()]);
}

class Writer {
  parts = [];
  length;
  constructor(offset = 0) {
    this.length = offset;
    if (offset > 0) this.parts.push(Buffer.alloc(offset));
  }
  bytes(buffer) {
    this.parts.push(buffer);
    this.length += buffer.length;
  }
  align(size) {
    this.bytes(Buffer.alloc((size - (this.length % size)) % size));
  }
  u32(number) {
    this.align(4);
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32LE(number);
    this.bytes(buffer);
  }
  string(text) {
    const buffer = Buffer.from(text);
    this.u32(buffer.length);
    this.bytes(Buffer.concat([buffer, Buffer.alloc(1)]));
  }
  signature(text) {
    this.bytes(Buffer.concat([Buffer.from([text.length]), Buffer.from(text), Buffer.alloc(1)]));
  }
  value(kind, value) {
    if (kind === 's' || kind === 'o') this.string(value);
    else if (kind === 'b') this.u32(value ? 1 : 0);
    else if (kind === 'u' || kind === 'i') this.u32(value);
    else if (kind === 't' || kind === 'x') {
      this.align(8);
      this.bytes(Buffer.alloc(8));
    } else if (kind === 'A') {
      const list = new Writer();
      for (const item of value) list.string(item);
      this.u32(list.length);
      this.bytes(list.buffer());
    } else if (kind === 'P') {
      this.u32(0);
      this.align(8);
    } else throw new Error(`no such kind: ${kind}`);
  }
  buffer() {
    return Buffer.concat(this.parts);
  }
}

/** The error's name, or `undefined` for a success, by serial. */
function readReply(message) {
  const fieldsLength = message.readUInt32LE(12);
  let serial;
  let error;
  let at = 16;
  while (at < 16 + fieldsLength) {
    at = (at + 7) & ~7;
    const code = message[at];
    const kind = String.fromCharCode(message[at + 2]);
    at += 4;
    if (kind === 'u') {
      at = (at + 3) & ~3;
      if (code === 5) serial = message.readUInt32LE(at);
      at += 4;
    } else if (kind === 'g') at += message[at] + 2;
    else {
      at = (at + 3) & ~3;
      const length = message.readUInt32LE(at);
      if (code === 4) error = message.toString('utf8', at + 4, at + 4 + length);
      at += 4 + length + 1;
    }
  }
  return { type: message[1], serial, error };
}

const bus = connect('/run/dbus/system_bus_socket');
let received = Buffer.alloc(0);
let isOpen = false;
const waiting = new Map();
bus.on('data', (chunk) => {
  received = Buffer.concat([received, chunk]);
  if (!isOpen) {
    const end = received.indexOf('\r\n');
    if (end < 0) return;
    if (!received.subarray(0, end).toString().startsWith('OK')) throw new Error('the bus does not know us');
    received = received.subarray(end + 2);
    isOpen = true;
    bus.write('BEGIN\r\n');
    void run();
  }
  while (received.length >= 16) {
    const size = ((16 + received.readUInt32LE(12) + 7) & ~7) + received.readUInt32LE(4);
    if (received.length < size) break;
    const reply = readReply(received.subarray(0, size));
    received = received.subarray(size);
    if (reply.type === 2 || reply.type === 3) waiting.get(reply.serial)?.(reply.error);
  }
});
bus.write(`\0AUTH EXTERNAL ${Buffer.from(String(process.getuid())).toString('hex')}\r\n`);

let last = 0;
let running = 0;
const queue = [];
/** At most 4 in flight: polkitd answers one after the other, and the bus waits 25 s for an answer. */
function ask(message) {
  return new Promise((resolve) => {
    queue.push({ message, resolve });
    pump();
  });
}
function pump() {
  while (running < 4 && queue.length > 0) {
    const { message, resolve } = queue.shift();
    running += 1;
    last += 1;
    const serial = last;
    waiting.set(serial, (error) => {
      waiting.delete(serial);
      running -= 1;
      resolve(error);
      pump();
    });
    bus.write(call(serial, message));
  }
}

const systemd = {
  to: 'org.freedesktop.systemd1',
  path: '/org/freedesktop/systemd1',
  face: 'org.freedesktop.systemd1.Manager',
};
const REFUSED = new Set([
  'org.freedesktop.DBus.Error.AccessDenied',
  'org.freedesktop.DBus.Error.InteractiveAuthorizationRequired',
  'org.freedesktop.NetworkManager.PermissionDenied',
  'org.freedesktop.NetworkManager.Settings.PermissionDenied',
]);
/** Errors that say the thing is not there at all: nobody to be talked into anything. */
const ABSENT = new Set([
  'org.freedesktop.DBus.Error.ServiceUnknown',
  'org.freedesktop.DBus.Error.UnknownMethod',
  'org.freedesktop.DBus.Error.UnknownObject',
  'org.freedesktop.DBus.Error.UnknownInterface',
  'org.freedesktop.systemd1.NoSuchUnit',
  'org.freedesktop.DBus.Error.NotSupported',
  'org.freedesktop.login1.SleepVerbNotSupported',
  // The clock follows the network; whoever may not switch that off may not set it.
  'org.freedesktop.timedate1.AutomaticTimeSyncEnabled',
  'org.freedesktop.systemd1.Masked',
  // A unit that is on the disk cannot be made into another one.
  'org.freedesktop.systemd1.UnitExists',
  'org.freedesktop.systemd1.UnitMasked',
]);

const JOBS = ['StartUnit', 'StopUnit', 'RestartUnit', 'ReloadUnit', 'TryRestartUnit'];
const login = {
  to: 'org.freedesktop.login1',
  path: '/org/freedesktop/login1',
  face: 'org.freedesktop.login1.Manager',
};
const manager = 'org.freedesktop.NetworkManager';
const others = [
  ...['Reload', 'Reexecute', 'PowerOff', 'Reboot', 'KExec', 'Halt', 'Exit'].map((method) => ({
    ...systemd,
    method,
  })),
  { ...systemd, method: 'SetEnvironment', signature: 'as', values: [['LD_PRELOAD=/var/lib/b3iq/x.so']] },
  { ...systemd, method: 'EnableUnitFiles', signature: 'asbb', values: [['debug-shell.service'], true, true] },
  {
    ...systemd,
    method: 'LinkUnitFiles',
    signature: 'asbb',
    values: [['/var/lib/b3iq/own.service'], true, true],
  },
  {
    ...systemd,
    method: 'MaskUnitFiles',
    signature: 'asbb',
    values: [['b3iq-firewall-closed.service'], true, true],
  },
  {
    ...systemd,
    method: 'SetUnitProperties',
    signature: 'sba(sv)',
    values: ['b3iq-device.service', true, []],
  },
  // The kind of a unit that the rules would let through by its name, if its name were all they looked at.
  ...['own.service', 'b3iq-update.service', 'b3iq-start-engine@0.service', 'b3iq-update-own.service'].map(
    (unit) => ({
      ...systemd,
      method: 'StartTransientUnit',
      signature: 'ssa(sv)a(sa(sv))',
      values: [unit, 'replace', [], []],
    }),
  ),
  { ...systemd, method: 'KillUnit', signature: 'ssi', values: ['b3iq-console.service', 'all', 9] },
  { ...systemd, method: 'CleanUnit', signature: 'sas', values: ['b3iq-device.service', ['state']] },
  { ...systemd, method: 'FreezeUnit', signature: 's', values: ['b3iq-console.service'] },
  { ...systemd, method: 'SwitchRoot', signature: 'ss', values: ['/var/lib/b3iq', ''] },
  ...['PowerOff', 'Reboot', 'Halt', 'Suspend', 'Hibernate'].map((method) => ({
    ...login,
    method,
    signature: 'b',
    values: [false],
  })),
  { ...login, method: 'SetRebootToFirmwareSetup', signature: 'b', values: [true] },
  { ...login, method: 'SetRebootToBootLoaderEntry', signature: 's', values: ['b3iq_1.efi'] },
  {
    to: 'org.freedesktop.timedate1',
    path: '/org/freedesktop/timedate1',
    face: 'org.freedesktop.timedate1',
    method: 'SetNTP',
    signature: 'bb',
    values: [false, false],
  },
  {
    to: 'org.freedesktop.timedate1',
    path: '/org/freedesktop/timedate1',
    face: 'org.freedesktop.timedate1',
    method: 'SetTime',
    signature: 'xbb',
    values: [0, false, false],
  },
  {
    to: 'org.freedesktop.hostname1',
    path: '/org/freedesktop/hostname1',
    face: 'org.freedesktop.hostname1',
    method: 'SetStaticHostname',
    signature: 'sb',
    values: ['mine', false],
  },
  {
    to: 'org.freedesktop.import1',
    path: '/org/freedesktop/import1',
    face: 'org.freedesktop.import1.Manager',
    method: 'PullRaw',
    signature: 'sssb',
    values: ['http://x/', 'x', 'no', false],
  },
  {
    to: manager,
    path: '/org/freedesktop/NetworkManager',
    face: manager,
    method: 'Reload',
    signature: 'u',
    values: [0],
  },
  {
    to: manager,
    path: '/org/freedesktop/NetworkManager/Settings',
    face: `${manager}.Settings`,
    method: 'SaveHostname',
    signature: 's',
    values: ['mine'],
  },
  {
    to: manager,
    path: '/org/freedesktop/NetworkManager',
    face: manager,
    method: 'SetLogging',
    signature: 'ss',
    values: ['TRACE', 'ALL'],
  },
  {
    to: manager,
    path: '/org/freedesktop/NetworkManager',
    face: manager,
    method: 'Sleep',
    signature: 'b',
    values: [true],
  },
];

async function run() {
  await ask({
    to: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    face: 'org.freedesktop.DBus',
    method: 'Hello',
  });
  const granted = [];
  let asked = 0;
  const jobs = units.flatMap((unit) => JOBS.map((method) => [unit, method]));
  const tries = [
    ...jobs
      .filter(([unit, method]) => !(method === 'StartUnit' && allowed.includes(unit)))
      .map(([unit, method]) => ({ ...systemd, method, signature: 'ss', values: [unit, 'replace'] })),
    ...others,
  ];
  await Promise.all(
    tries.map(async (message) => {
      asked += 1;
      let error = await ask(message);
      // Under a slow processor polkitd may be too late for the bus: ask again.
      for (let again = 0; again < 5 && error === 'org.freedesktop.DBus.Error.NoReply'; again += 1)
        error = await ask(message);
      if (error !== undefined && (REFUSED.has(error) || ABSENT.has(error))) return;
      granted.push(
        `${message.face}.${message.method} ${JSON.stringify(message.values ?? [])}: ${error ?? 'done'}`,
      );
    }),
  );
  process.stdout.write(JSON.stringify({ asked, granted }));
  process.exit(0);
}
