import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { printableSsid, ssidToHex } from '../parse.ts';
import { internetOf, linkOf, parseDevices, parseProfiles, parseScan, radioOf, sightOf } from './parse.ts';
import { HOTSPOT_ID } from './plan.ts';

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
const devices = parseDevices(fixture('nmcli-1.52.1-devices.txt'));
const device = (...lines: readonly string[]) =>
  new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
const wifi = (state: number, ...more: readonly string[]) =>
  device('GENERAL.TYPE=wifi', `GENERAL.STATE=${state} (x)`, ...more);

describe('a list of networks', () => {
  it('gives their bytes, their strength and how they are protected', () => {
    const heard = parseScan(fixture('nmcli-1.52.1-scan.txt'));
    expect(heard.map((n) => [printableSsid(n.ssid), n.security, n.signalPercent])).toEqual([
      ['Mute', 'wpa3', 100],
      ['-foo', 'wpa2', 94],
      ['Airport', 'owe', 90],
      ['Gratis', 'open', 88],
      ['Maple', 'wpa2', 100],
      ['Mixed', 'wpa2-wpa3', 72],
      ['\ufffd\ufffd\ufffd( \ufffdA', 'wpa2', 65],
      ['Office', 'enterprise', 61],
      ['a"b:c;d\\e\ufffd\ufffd[31m', 'wpa2', 55],
      ['', 'wpa2', 50],
    ]);
    expect(heard[4]?.megahertz).toBe(5180);
    expect(ssidToHex(heard[6]?.ssid ?? new Uint8Array(0))).toBe('fffec328200a41');
  });

  it('knows old, odd and transitional protection', () => {
    const of = (shown: string, wpa: string, rsn: string) =>
      parseScan(`41:50:x:${shown}:${wpa}:${rsn}\n`)[0]?.security;
    expect(of('WPA1', 'pair_tkip group_tkip psk', '(none)')).toBe('wpa2');
    expect(of('WEP', '(none)', '(none)')).toBe('unsupported');
    expect(of('', '(none)', 'pair_ccmp group_ccmp something_new')).toBe('unsupported');
    expect(of('OWE-TM', '(none)', 'owe_transition_mode')).toBe('open');
    expect(of('--', '', '')).toBe('open');
    expect(parseScan('41:50:x::(none):(none)\n')[0]?.megahertz).toBe(0);
  });

  it('leaves out what is no network', () => {
    expect(parseScan('')).toEqual([]);
    expect(parseScan('zz:1\n4:1\n')).toEqual([]);
    expect(parseScan('\n:\n')[0]?.security).toBe('open');
  });
});

describe('devices', () => {
  it('are a cable, a radio, and others that do not matter', () => {
    expect(sightOf(devices, [])).toEqual({
      radio: 'ready',
      wifi: {
        address: '10.77.0.133',
        lan: '10.77.0.0/24',
        internet: 'local',
        id: '9dc62434-171b-4b93-99a0-2cd3cdd15b4d',
      },
      hotspot: undefined,
      wired: { address: '192.168.20.31', lan: '192.168.20.0/24', internet: 'full' },
      profiles: [],
    });
  });

  it('may be a radio that is our hotspot, asleep, away, or not for us', () => {
    const hotspot = wifi(100, `GENERAL.CON-UUID=${HOTSPOT_ID}`, 'IP4.ADDRESS[1]=10.42.0.1/24');
    expect(sightOf([hotspot], [])).toMatchObject({ wifi: undefined, hotspot: '10.42.0.0/24' });
    expect(sightOf([wifi(100, `GENERAL.CON-UUID=${HOTSPOT_ID}`)], []).hotspot).toBeUndefined();
    expect(sightOf([wifi(20)], []).radio).toBe('blocked');
    expect(sightOf([wifi(10)], []).radio).toBe('missing');
    expect(sightOf([device('GENERAL.TYPE=wifi')], []).radio).toBe('missing');
    expect(radioOf([wifi(20, 'GENERAL.DEVICE=a'), wifi(30, 'GENERAL.DEVICE=b')])?.get('GENERAL.DEVICE')).toBe(
      'b',
    );
    expect(sightOf([wifi(100, 'IP4.ADDRESS[1]=10.0.0.2/8')], []).wifi?.id).toBe('');
  });

  it('have an address when they are up', () => {
    expect(linkOf(wifi(70, 'IP4.ADDRESS[1]=10.0.0.2/8'))).toBeUndefined();
    const six = wifi(100, 'IP6.ADDRESS[1]=fe80::1/64', 'IP6.ADDRESS[2]=fd00::2/64');
    expect(linkOf(six)).toEqual({ address: 'fd00::2', lan: null, internet: 'local' });
    expect(linkOf(wifi(100, 'IP6.ADDRESS[1]=fe80::1/64'))).toBeUndefined();
  });

  it('lead to the internet, to a login page, or nowhere', () => {
    expect(internetOf(wifi(100, 'GENERAL.IP6-CONNECTIVITY=4 (full)'))).toBe('full');
    expect(internetOf(wifi(100, 'GENERAL.IP4-CONNECTIVITY=2 (portal)'))).toBe('portal');
    expect(internetOf(wifi(100))).toBe('local');
  });

  it('cannot be given fields by somebody’s line', () => {
    expect(parseDevices('no colon\n:empty name\n\n\n')).toEqual([]);
  });
});

it('profiles are ours by name, and kept when they are not in RAM', () => {
  const text = [
    'a:b3iq-network:/var/lib/NetworkManager/system-connections/b3iq-network.nmconnection',
    'b:b3iq-network:/run/NetworkManager/system-connections/b3iq-network.nmconnection',
    'c:b3iq-trial:/var/lib/x',
    'd:b3iq-network:',
    'e:Wired connection 1:/run/x',
    'f:b3iq-hotspot:/run/x',
    'g:odd\\:name\\\\:/x',
  ].join('\n');
  expect(parseProfiles(text)).toEqual([
    { id: 'a', isKept: true },
    { id: 'b', isKept: false },
    { id: 'c', isKept: false },
    { id: 'd', isKept: false },
  ]);
  expect(parseProfiles(':b3iq-trial')).toEqual([{ id: '', isKept: false }]);
});
