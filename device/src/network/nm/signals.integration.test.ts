import { mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { memoryLog } from '../../os/log.ts';
import { waitFor } from '../../os/wait-for.ts';
import { systemSignals } from './signals.ts';
import type { Signal } from './types.ts';

interface Message {
  readonly type: number;
  readonly serial: number;
  readonly member: string;
  readonly body?: readonly unknown[];
}
interface Wire {
  unmarshalMessages(stream: Socket, onMessage: (message: Message) => void, options: object): void;
  marshall(message: object): Buffer;
}
// The library's own reader and writer of messages, for the other end of the socket; they come without types.
const { unmarshalMessages, marshall }: Wire = createRequire(import.meta.url)(
  '@homebridge/dbus-native/lib/message.js',
);

/** As much of a bus as a listener meets: it lets everybody in, admits rules, and says what it is told to say. */
async function bus(refuse = (_rule: string) => false) {
  const socket = join(await mkdtemp(join(tmpdir(), 'b3iq-bus-')), 'bus');
  const rules: string[] = [];
  const clients = new Set<Socket>();
  let serial = 1;
  const server: Server = createServer((client) => {
    clients.add(client);
    client.on('error', () => {}); // a listener that leaves in the middle of a line
    client.once('data', () => {
      client.write('OK 1234deadbeef\r\n');
      client.once('data', (begin: Buffer) => {
        const rest = begin.subarray(begin.indexOf('\r\n') + 2);
        unmarshalMessages(
          client,
          ({ serial: replySerial, member, body }) => {
            const rule = String(body?.[0]);
            if (member === 'AddMatch') rules.push(rule);
            const isRefused = member === 'AddMatch' && refuse(rule);
            const answer = isRefused
              ? { type: 3, errorName: 'org.freedesktop.DBus.Error.AccessDenied' }
              : { type: 2, ...(member === 'Hello' ? { signature: 's', body: [':1.7'] } : {}) };
            client.write(marshall({ ...answer, serial: serial++, replySerial }));
          },
          {},
        );
        client.unshift(rest);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    rules,
    say(path: string, name: string, signature: string, body: readonly unknown[]) {
      const dot = name.lastIndexOf('.');
      const message = {
        type: 4,
        serial: serial++,
        path,
        interface: name.slice(0, dot),
        member: name.slice(dot + 1),
      };
      for (const client of clients) client.write(marshall({ ...message, signature, body }));
    },
    drop() {
      for (const client of clients) client.destroy();
      clients.clear();
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
const DEVICE = '/org/freedesktop/NetworkManager/Devices/3';
const heard = (signals: readonly Signal[], count: number) =>
  waitFor(() => signals.length >= count && signals, { timeoutMs: 10_000, what: `${count} signals` });

it('asks for nothing but the signals it needs, and hears them', async () => {
  const system = await bus();
  const listener = systemSignals(memoryLog(), system.socket);
  const signals: Signal[] = [];
  const stop = listener.listen((signal) => signals.push(signal));
  await waitFor(() => system.rules.length === 5, { timeoutMs: 5_000, what: 'all rules' });
  expect(system.rules.every((rule) => rule.startsWith("type='signal',sender='"))).toBe(true);
  system.say(DEVICE, 'org.freedesktop.NetworkManager.Device.StateChanged', 'uuu', [120, 50, 53]);
  const changed = [
    ['State', ['s', 'disconnected']],
    ['AuthStatusCode', ['i', 1]],
  ];
  system.say(
    '/fi/w1/wpa_supplicant1/Interfaces/0',
    'fi.w1.wpa_supplicant1.Interface.PropertiesChanged',
    'a{sv}',
    [changed],
  );
  system.say('/x', 'org.example.Thing.Happened', 's', ['nothing']);
  system.say('/fi/w1/wpa_supplicant1/Interfaces/0', 'fi.w1.wpa_supplicant1.Interface.ScanDone', 'b', [true]);
  expect(await heard(signals, 4)).toEqual([
    { kind: 'device', path: DEVICE, state: 120, reason: 53 },
    { kind: 'auth', status: 1 },
    { kind: 'supplicant', state: 'disconnected' },
    { kind: 'scan-done' },
  ]);
  stop();
  listener.close();
  system.drop();
  await system.close();
});

it('comes back when the bus was away, and says that it knows nothing of the time between', async () => {
  const system = await bus();
  const log = memoryLog();
  const listener = systemSignals(log, system.socket, 10);
  const signals: Signal[] = [];
  listener.listen((signal) => signals.push(signal));
  await waitFor(() => system.rules.length === 5, { timeoutMs: 5_000, what: 'all rules' });
  system.drop();
  await waitFor(() => system.rules.length === 10, { timeoutMs: 5_000, what: 'all rules again' });
  expect(signals).toEqual([{ kind: 'manager' }]);
  expect(log.lines.join('')).toContain('network.bus_lost');
  listener.close();
  system.drop();
  await system.close();
});

it('goes on without what the bus refuses it, and says so', async () => {
  const system = await bus((rule) => rule.includes('EAP'));
  const log = memoryLog();
  const listener = systemSignals(log, system.socket);
  await waitFor(() => log.lines.some((line) => line.includes('network.signal_refused')), {
    timeoutMs: 5_000,
    what: 'the refusal to be logged',
  });
  listener.close();
  system.drop();
  await system.close();
});
