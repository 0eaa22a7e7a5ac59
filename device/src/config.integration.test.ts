import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { controlSocket, readConfig, stateDir } from './config.ts';

const fresh = () => mkdtempSync(join(tmpdir(), 'b3iq-config-'));

test('the defaults listen on loopback only', () => {
  const config = readConfig({ B3IQ_STATE_DIR: fresh() });
  expect(config).toMatchObject({
    kind: 'host',
    listen_address: '127.0.0.1',
    listen_port: 8831,
    simulated_radio: false,
  });
});

test('the environment beats the file, and an option beats both', () => {
  const dir = fresh();
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ listen_port: 1, log_level: 'warn' }));
  const environment = { B3IQ_STATE_DIR: dir, B3IQ_LISTEN_PORT: '2', B3IQ_HOST_NAMES: 'a.lan, b.lan' };
  expect(readConfig(environment)).toMatchObject({
    listen_port: 2,
    log_level: 'warn',
    host_names: ['a.lan', 'b.lan'],
  });
  expect(readConfig(environment, { listen_port: 3 }).listen_port).toBe(3);
});

test.each([
  [{ listen_prot: 1 }, /no key listen_prot\. Known are .*listen_port/],
  [{ listen_port: 70_000 }, /^listen_port is 70000\. .*<=65535\.$/],
  [{ otlp_endpoint: 'http://user:word@collector' }, /^otlp_endpoint is (?!.*word@).*without a name/],
  [{ otlp_endpoint: 'ftp://collector' }, /^otlp_endpoint is /],
  [{ listen_address: 'everywhere' }, /^listen_address is "everywhere"\. /],
])('a wrong key or value stops the start and is named: %j', (file, named) => {
  const dir = fresh();
  writeFileSync(join(dir, 'config.json'), JSON.stringify(file));
  expect(() => readConfig({ B3IQ_STATE_DIR: dir })).toThrow(named);
});

test('a file that is no JSON object is named', () => {
  const dir = fresh();
  writeFileSync(join(dir, 'config.json'), '{"listen_port": ');
  expect(() => readConfig({ B3IQ_STATE_DIR: dir })).toThrow(/config\.json/);
});

test('state lies where the XDG specification says', () => {
  expect(stateDir({ HOME: '/home/ada' })).toBe('/home/ada/.local/state/b3iq');
  expect(stateDir({ USERPROFILE: '/users/ada' })).toBe('/users/ada/.local/state/b3iq');
  expect(stateDir({ HOME: '/home/ada', XDG_STATE_HOME: '/s' })).toBe('/s/b3iq');
});

test('a vendor’s file says where an appliance keeps its state and its socket; a folder that is named has its own', () => {
  const vendor = { state_dir: '/var/lib/b3iq', control_socket: '/run/b3iq/control.sock' };
  expect(stateDir({ HOME: '/root' }, vendor)).toBe('/var/lib/b3iq');
  expect(controlSocket({ HOME: '/root' }, vendor)).toBe('/run/b3iq/control.sock');
  expect(controlSocket({ B3IQ_STATE_DIR: '/var/lib/b3iq' }, vendor)).toBe('/run/b3iq/control.sock');
  expect(controlSocket({ B3IQ_STATE_DIR: '/tmp/x' }, vendor)).toBe('/tmp/x/control.sock');
  expect(controlSocket({ B3IQ_CONTROL_SOCKET: '/tmp/y.sock' }, vendor)).toBe('/tmp/y.sock');
});

test.each(['relative', '/a/../b', '', '/a\0b'])(
  'a folder is an absolute path without ways up: %j',
  (runtime_dir) => {
    const dir = fresh();
    writeFileSync(join(dir, 'config.json'), JSON.stringify({ runtime_dir }));
    expect(() => readConfig({ B3IQ_STATE_DIR: dir })).toThrow(/^runtime_dir is .*absolute path/);
  },
);

test('what a service manager hands over is in the configuration, and nothing when it is meant for another', () => {
  const dir = fresh();
  const handed = { LISTEN_FDS: '2', LISTEN_FDNAMES: 'http:notify', WATCHDOG_USEC: '60000000' };
  expect(readConfig({ B3IQ_STATE_DIR: dir, ...handed, LISTEN_PID: String(process.pid) })).toMatchObject({
    inherited: { http: 3, notify: 4 },
    watchdogUs: 60_000_000,
  });
  expect(readConfig({ B3IQ_STATE_DIR: dir, ...handed, LISTEN_PID: '1' }).inherited).toEqual({});
  expect(readConfig({ B3IQ_STATE_DIR: dir, WATCHDOG_USEC: 'x' }).watchdogUs).toBeUndefined();
});
