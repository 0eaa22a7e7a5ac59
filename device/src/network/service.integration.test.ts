import { describe, expect, it } from 'vitest';
import { FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { waitFor } from '../os/wait-for.ts';
import { memoryStore } from '../store/fake.ts';
import { FAKE_STREET, type FakeRadioOptions, fakeRadio } from './fake.ts';
import { ssidToHex } from './parse.ts';
import { NetworkService } from './service.ts';
import { type NetworkSlice, networkSlice } from './types.ts';

function make(radio: FakeRadioOptions | undefined = {}, joinLimitMs = 5_000) {
  const store = memoryStore<NetworkSlice>({ intent: null }, networkSlice);
  const clock = new FakeClock();
  const log = memoryLog();
  const deps = { store, clock, log, joinLimitMs };
  return { service: new NetworkService({ ...deps, radio: fakeRadio(radio) }), store, clock, log };
}
const hex = (name: string) => ssidToHex(new TextEncoder().encode(name));
const settled = (service: NetworkService) =>
  waitFor(
    () => {
      const { join } = service.answer();
      return join.kind !== 'joining' && join.kind !== 'idle' && join;
    },
    { timeoutMs: 5_000, what: 'the join to end', everyMs: 2 },
  );

describe('scanning', () => {
  it('lists what is in the air, with its age', async () => {
    const { service, clock } = make();
    const { networks } = await service.scan();
    expect(networks[0]).toEqual({
      ssid: 'Maple',
      ssid_hex: hex('Maple'),
      signal_percent: 88,
      security: 'wpa2',
    });
    expect(networks.map((n) => n.ssid)).not.toContain('Attic');
    expect(networks.filter((n) => n.ssid === 'Maple')).toHaveLength(1);
    clock.advance(61_000);
    expect(service.answer().age_s).toBe(61);
  });

  it('says so when the radio is broken or there is none', async () => {
    await expect(make({ broken: true }).service.scan()).rejects.toMatchObject({
      code: 'network_unavailable',
    });
    const { store, clock, log } = make();
    const host = new NetworkService({ radio: undefined, store, clock, log });
    expect(host.hasRadio).toBe(false);
    expect(() => host.answer()).toThrow(expect.objectContaining({ code: 'network_unavailable' }));
  });
});

describe('joining', () => {
  it('is remembered once it is proven', async () => {
    const { service, store } = make();
    const { join } = service.join({ ssid_hex: hex('Maple'), password: 'correct horse' });
    expect(join).toEqual({ kind: 'joining', ssid: 'Maple', phase: 'associating' });
    expect(await settled(service)).toEqual({
      kind: 'joined',
      ssid: 'Maple',
      address: '192.168.20.31',
      internet: true,
    });
    expect(store.read().intent).toEqual({ ssid_hex: hex('Maple'), hidden: false });
  });

  it.each([
    ['Maple', 'wrong password', 'wrong-password'],
    ['Maple', 'short', 'password-too-short'],
    ['Nowhere', 'correct horse', 'not-found'],
    ['Full house', 'correct horse', 'no-address'],
    ['Office', 'correct horse', 'refused'],
    ['Café Gratis', '', 'captive-portal'],
    ['Attic', 'correct horse', 'not-found'],
  ])('%s with “%s” fails as %s and changes nothing', async (name, password, reason) => {
    const { service, store } = make();
    service.join({ ssid_hex: hex(name), password });
    expect(await settled(service)).toMatchObject({ kind: 'failed', ssid: name, reason });
    expect(store.read().intent).toBeNull();
  });

  it('reaches hidden networks, and ones without internet', async () => {
    const { service } = make();
    service.join({ ssid_hex: hex('Attic'), password: 'correct horse', hidden: true });
    expect(await settled(service)).toMatchObject({ kind: 'joined' });
    service.join({ ssid_hex: hex('No internet today'), password: 'correct horse' });
    expect(await settled(service)).toMatchObject({ kind: 'joined', internet: false });
  });

  it('works for every hostile name', async () => {
    const { service } = make();
    for (const { ssid, outcome } of FAKE_STREET.filter((n) => n.signalPercent < 34)) {
      service.join({ ssid_hex: ssidToHex(ssid), password: 'correct horse' });
      expect(await settled(service)).toMatchObject({ kind: outcome.kind });
    }
  });

  it('gives the first up when a second is asked for', async () => {
    const { service, store } = make({ phaseMs: 15 });
    service.join({ ssid_hex: hex('Orchard 5G'), password: 'correct horse' });
    service.join({ ssid_hex: hex('Maple'), password: 'correct horse' });
    expect(await settled(service)).toMatchObject({ kind: 'joined', ssid: 'Maple' });
    expect(store.read().intent?.ssid_hex).toBe(hex('Maple'));
  });

  it('ends when it takes too long, or the radio breaks, or the disk is full', async () => {
    const slow = make({ phaseMs: 5_000 }, 20).service;
    slow.join({ ssid_hex: hex('Maple'), password: 'correct horse' });
    expect(await settled(slow)).toMatchObject({ kind: 'failed', reason: 'refused' });
    const broken = make({ broken: true }).service;
    broken.join({ ssid_hex: hex('Maple'), password: 'correct horse' });
    expect(await settled(broken)).toMatchObject({ kind: 'failed', reason: 'refused' });
    const { service, store } = make();
    store.failNext(1);
    service.join({ ssid_hex: hex('Maple'), password: 'correct horse' });
    expect(await settled(service)).toMatchObject({ kind: 'failed' });
  });

  it('leaves no name and no password in the log', async () => {
    const { service, log } = make();
    service.join({ ssid_hex: hex('Maple'), password: 'correct horse' });
    await settled(service);
    service.join({ ssid_hex: hex('Maple'), password: 'marker-password' });
    await settled(service);
    expect(log.lines.join('')).not.toMatch(/Maple|correct horse|marker|4d61706c65/);
  });
});
