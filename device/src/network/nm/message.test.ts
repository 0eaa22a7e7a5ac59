import { describe, expect, it } from 'vitest';
import { parseSignal } from './message.ts';

const path = '/org/freedesktop/NetworkManager/Devices/3';
const signal = (name: string, body: unknown) => {
  const dot = name.lastIndexOf('.');
  return { type: 4, path, interface: name.slice(0, dot), member: name.slice(dot + 1), body, serial: 7 };
};
const variant = (type: string, value: unknown) => [[{ type, child: [] }], [value]];
const SUPPLICANT = 'fi.w1.wpa_supplicant1.Interface';

describe('a message on the bus', () => {
  it('tells of a device, with its reason', () => {
    expect(parseSignal(signal('org.freedesktop.NetworkManager.Device.StateChanged', [120, 50, 53]))).toEqual([
      { kind: 'device', path, state: 120, reason: 53 },
    ]);
  });

  it('tells of the supplicant, the status before the state it leads to', () => {
    const body = [
      [
        ['State', variant('s', 'disconnected')],
        ['AuthStatusCode', variant('i', 1)],
        ['AssocStatusCode', variant('i', 17)],
        ['Scanning', variant('b', true)],
      ],
    ];
    expect(parseSignal(signal(`${SUPPLICANT}.PropertiesChanged`, body))).toEqual([
      { kind: 'auth', status: 1 },
      { kind: 'assoc', status: 17 },
      { kind: 'supplicant', state: 'disconnected' },
    ]);
    expect(
      parseSignal(signal(`${SUPPLICANT}.PropertiesChanged`, [[['Scanning', variant('b', true)]]])),
    ).toEqual([]);
    expect(parseSignal(signal(`${SUPPLICANT}.ScanDone`, [true]))).toEqual([{ kind: 'scan-done' }]);
    expect(parseSignal(signal(`${SUPPLICANT}.EAP`, ['completion', 'failure']))).toEqual([
      { kind: 'eap', status: 'completion', parameter: 'failure' },
    ]);
  });

  it('tells that NetworkManager came or went', () => {
    const body = ['org.freedesktop.NetworkManager', '', ':1.7'];
    expect(parseSignal(signal('org.freedesktop.DBus.NameOwnerChanged', body))).toEqual([{ kind: 'manager' }]);
  });

  it.each([
    ['nothing', undefined],
    ['an answer', { type: 2, body: [] }],
    ['another signal', signal('org.example.Thing.Happened', [])],
    ['a device that says too little', signal('org.freedesktop.NetworkManager.Device.StateChanged', [1])],
    [
      'a device that says nothing',
      { ...signal('org.freedesktop.NetworkManager.Device.StateChanged', 0), body: undefined },
    ],
    ['properties in another form', signal(`${SUPPLICANT}.PropertiesChanged`, ['State', 'x'])],
    ['a sign-in in another form', signal(`${SUPPLICANT}.EAP`, [1])],
    ['properties of other types', signal(`${SUPPLICANT}.PropertiesChanged`, [[['State', variant('i', 1)]]])],
  ])('tells nothing when it is %s', (_what, message) => {
    expect(parseSignal(message)).toEqual([]);
  });
});
