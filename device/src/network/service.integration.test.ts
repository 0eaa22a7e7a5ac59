import { describe, expect, it } from 'vitest';
import { waitFor } from '../os/wait-for.ts';
import { memoryStore } from '../store/fake.ts';
import { fakeRadio } from './fake.ts';
import { FAKE_STREET } from './fakes/street.ts';
import { hex, rig } from './fakes/test-rig.ts';
import { ssidToHex } from './parse.ts';
import { NetworkService } from './service.ts';
import { AWAY_MS, KNOWN_EVERY_MS, OWNER_HOLD_MS, RECOVER_AFTER_MS } from './setup.ts';
import { type Link, type NetworkSlice, networkSlice, noNetwork } from './types.ts';

const cable: Link = { address: '172.20.0.9', lan: '172.20.0.0/24', internet: 'full' };

describe('setup mode', () => {
  it('listens, then opens its own network, and knows how old the list is', async () => {
    const { radio, service, answer, hotspotUp, time } = rig();
    expect(answer().age_s).toBeNull();
    await hotspotUp();
    expect(radio.acts).toEqual(['scan', 'open-hotspot 10.42.0.0/24']);
    const { networks, hotspot } = answer();
    expect(networks[0]).toEqual({
      ssid: 'Maple',
      ssid_hex: hex('Maple'),
      signal_percent: 88,
      security: 'wpa2',
    });
    expect(networks.filter((n) => n.ssid === 'Maple')).toHaveLength(1);
    expect(networks.map((n) => n.ssid)).not.toContain('Attic');
    expect(hotspot).toEqual({ ssid: 'B3IQ-N7K4', up: true });
    expect(service.addresses()).toEqual(['10.42.0.1']);
    const before = answer().age_s ?? 0;
    time.advance(61_000);
    expect(answer().age_s).toBe(before + 61);
    await service.close();
  });

  it('says before a refresh that the hotspot will be away, and for how long', async () => {
    const { service, answer, hotspotUp, until, radio } = rig();
    await hotspotUp();
    expect((await service.scan()).refresh).toEqual({ kind: 'announced', starts_in_s: 4 });
    expect(answer().hotspot?.up).toBe(true);
    await until('the radio to listen', () => radio.acts.filter((act) => act === 'scan').length === 2);
    await hotspotUp();
    await until('the refresh to be over', () => answer().refresh.kind === 'idle');
    expect(answer().age_s).toBeLessThan(5);
    await service.close();
  });

  it('counts down while the hotspot is away', async () => {
    const { service, answer, hotspotUp, until } = rig({ phaseMs: 30 });
    await hotspotUp();
    await service.scan();
    const away = await until('the hotspot to be away', () => {
      const { refresh } = answer();
      return refresh.kind === 'away' && refresh;
    });
    expect(away.back_in_s).toBeGreaterThan(0);
    expect(away.back_in_s).toBeLessThanOrEqual(AWAY_MS / 1000);
    expect((await service.scan()).refresh.kind).toBe('away');
    await service.close();
  });

  it('opens its network again when it has silently died', async () => {
    const { radio, service, answer, hotspotUp, until } = rig();
    await hotspotUp();
    radio.killHotspot();
    await until('somebody to notice', () => answer().hotspot?.up === false);
    await hotspotUp();
    await service.close();
  });

  it('shows a cable, and moves its network out of the cable’s', async () => {
    const { radio, service, answer, hotspotUp, until } = rig();
    await hotspotUp();
    radio.plug({ ...cable, lan: '10.42.0.0/16' });
    await until('another subnet', () => service.addresses()[0] === '10.83.142.1');
    expect(answer().wired).toEqual({ address: '172.20.0.9', internet: true });
    expect(answer().hotspot?.up).toBe(true);
    await service.close();
  });

  it('closes it after the wizard when a cable will do', async () => {
    const { radio, service, owner, answer, hotspotUp, until } = rig();
    await hotspotUp();
    radio.plug(cable);
    owner.isClaimed = true;
    service.ownerChanged();
    await until('the cable to be seen', () => answer().wired !== null);
    expect(service.isHotspotOpen).toBe(true);
    owner.isSettled = true;
    service.ownerChanged();
    await until('the hotspot to close', () => answer().hotspot?.up === false);
    expect(service.isHotspotOpen).toBe(false);
    await service.close();
  });

  it('cannot open it without the label’s password, and says so in the log alone', async () => {
    const { service, log, until, answer } = rig({ more: { hotspot: undefined } });
    await until('a try', () => log.lines.some((line) => line.includes('network.step_failed')));
    expect(answer().hotspot).toBeNull();
    await service.close();
  });
});

describe('a radio that is not there', () => {
  it('is said to be missing, and blocks nothing', async () => {
    const broken = rig({ broken: true });
    await expect(broken.service.scan()).rejects.toMatchObject({ code: 'network_unavailable' });
    await broken.service.close();
    const radio = {
      ...fakeRadio(),
      look: async () => ({ ...(await fakeRadio().look()), radio: 'missing' as const }),
    };
    const none = rig({ radio });
    await none.until('the machine to have looked', () => none.answer().hotspot === null);
    await expect(none.service.scan()).rejects.toThrow(/no Wi-Fi/);
    expect(() => none.join('Maple', 'correct horse')).toThrow(/no Wi-Fi/);
    await none.service.close();
  });

  it('is not asked for on a Host', async () => {
    const { store, time, log } = rig();
    const host = new NetworkService({ radio: undefined, hotspot: undefined, store, clock: time, log });
    host.start();
    expect(host.hasRadio).toBe(false);
    expect(host.isHotspotOpen).toBe(false);
    for (const ask of [() => host.answer(), () => host.forget()])
      expect(ask).toThrow(expect.objectContaining({ code: 'network_unavailable' }));
    await host.close();
  });
});

describe('joining', () => {
  it('lets the page answer first, and is remembered once it is proven', async () => {
    const { service, store, radio, hotspotUp, ended, join, answer, changes, quiet } = rig();
    await hotspotUp();
    const before = changes();
    const asked = join('Maple', 'correct horse');
    expect(asked.join).toEqual({ kind: 'joining', ssid: 'Maple', phase: 'associating' });
    expect(asked.hotspot?.up).toBe(true);
    expect(asked.next_url).toBe('http://b3iq-n7k4.local/');
    expect(await ended()).toEqual({
      kind: 'joined',
      ssid: 'Maple',
      address: '192.168.20.31',
      internet: true,
    });
    const { intent } = await quiet();
    expect(intent).toMatchObject({ ssid_hex: hex('Maple'), hidden: false, lan: '192.168.20.0/24' });
    expect(radio.kept().map(({ id }) => id)).toEqual([intent?.profile_id]);
    expect(answer()).toMatchObject({
      hotspot: { up: false },
      current: { ssid: 'Maple', address: '192.168.20.31', internet: true },
    });
    expect(changes()).toBeGreaterThan(before);
    expect(store.read().failed).toBeNull();
    await service.close();
  });

  it.each([
    ['Maple', 'wrong password', {}, 'wrong-password'],
    ['Orchard 5G', 'wrong password', {}, 'wrong-password'],
    ['Maple', 'short', {}, 'password-too-short'],
    ['Nowhere', 'correct horse', {}, 'not-found'],
    ['Full house', 'correct horse', {}, 'no-address'],
    ['Closed club', 'correct horse', {}, 'refused'],
    ['Office', 'wrong', { identity: 'ada' }, 'refused'],
    ['Old WEP', 'correct horse', {}, 'refused'],
    ['Café Gratis', '', {}, 'captive-portal'],
    ['Attic', 'correct horse', {}, 'not-found'],
  ])(
    '%s with “%s” %o fails as %s, is written down, and the page is back',
    async (name, password, more, reason) => {
      const { service, store, radio, hotspotUp, ended, join, until } = rig();
      await hotspotUp();
      join(name, password, more);
      expect(await ended()).toMatchObject({ kind: 'failed', ssid: name, reason });
      await until('the failure to be on disk', () => store.read().failed !== null);
      expect(store.read()).toMatchObject({
        intent: null,
        trial: null,
        failed: { ssid_hex: hex(name), reason },
      });
      await hotspotUp();
      await waitFor(async () => (await radio.look()).profiles.length === 0, {
        timeoutMs: 2_000,
        what: 'nothing to be left of the try',
      });
      // It is still there for the page when the machine was off meanwhile.
      const again = rig({ store, radio: fakeRadio() });
      expect(again.answer().join).toMatchObject({ kind: 'failed', ssid: name, reason });
      await Promise.all([service.close(), again.service.close()]);
    },
  );

  it('reaches hidden networks, enterprise ones, and ones without internet', async () => {
    const { service, hotspotUp, ended, join } = rig();
    await hotspotUp();
    join('Attic', 'correct horse', { hidden: true, security: 'wpa2' });
    expect(await ended()).toMatchObject({ kind: 'joined', ssid: 'Attic' });
    join('Office', 'correct horse', { identity: 'ada', eap: 'ttls' });
    expect(await ended()).toMatchObject({ kind: 'joined', ssid: 'Office' });
    join('No internet today', 'correct horse');
    expect(await ended()).toMatchObject({ kind: 'joined', internet: false });
    await service.close();
  });

  it('works for every hostile name', async () => {
    const { service, hotspotUp, ended } = rig();
    await hotspotUp();
    for (const { ssid } of FAKE_STREET.filter((n) => n.signalPercent < 34)) {
      service.join({ ssid_hex: ssidToHex(ssid), password: 'correct horse' });
      expect(await ended()).toMatchObject({ kind: 'joined' });
    }
    await service.close();
  });

  it('keeps the known network until the new one is proven, and goes back to it', async () => {
    const { service, store, radio, hotspotUp, ended, join, until, answer, quiet } = rig({ isClaimed: true });
    await hotspotUp();
    join('Maple', 'correct horse');
    await ended();
    const { intent } = await quiet();
    join('Linden', 'wrong horse');
    expect(await ended()).toMatchObject({ kind: 'failed', reason: 'wrong-password' });
    await until('the known network to be back', () => answer().current?.ssid === 'Maple');
    expect(radio.acts).toContain('reconnect');
    expect(store.read().intent).toEqual(intent);
    join('Linden', 'correct horse');
    await until('the new one', () => answer().current?.ssid === 'Linden');
    await until('the old one to be gone', () => radio.kept().length === 1);
    await service.close();
  });

  it('gives the first up when a second is asked for', async () => {
    const { service, radio, store, hotspotUp, ended, join, until, quiet } = rig({ phaseMs: 15 });
    await hotspotUp();
    join('Orchard 5G', 'correct horse');
    await until('the first to begin', () => radio.acts.includes('connect'));
    join('Maple', 'correct horse');
    expect(await ended()).toMatchObject({ kind: 'joined', ssid: 'Maple' });
    await quiet();
    expect(store.read().intent?.ssid_hex).toBe(hex('Maple'));
    await waitFor(async () => (await radio.look()).profiles.length === 1, {
      timeoutMs: 2_000,
      what: 'one profile to be left',
    });
    await service.close();
  });

  it('ends when it takes too long, or the radio breaks, or the disk is full', async () => {
    const slow = rig({ radio: { ...fakeRadio(), connect: hang }, more: { stepLimitMs: 20 } });
    await slow.hotspotUp();
    slow.join('Maple', 'correct horse');
    expect(await slow.ended()).toMatchObject({ kind: 'failed', reason: 'refused' });
    await slow.hotspotUp();
    await slow.service.close();
    const full = rig();
    await full.hotspotUp();
    full.store.failNext(1);
    full.join('Maple', 'correct horse');
    expect(await full.ended()).toMatchObject({ kind: 'failed', reason: 'refused' });
    expect(full.radio.acts).not.toContain('connect');
    await full.service.close();
  });

  it('is not undone by a disk that fills up at the very end', async () => {
    const { service, store, radio, hotspotUp, ended, join, until } = rig();
    await hotspotUp();
    join('Maple', 'correct horse');
    await until('the network to be kept', () => radio.kept().length === 1);
    store.failNext(2);
    expect(await ended()).toMatchObject({ kind: 'joined' });
    expect(store.read()).toMatchObject({ intent: { ssid_hex: hex('Maple') }, trial: null });
    await service.close();
  });

  it('leaves no name and no password in the log', async () => {
    const { service, log, hotspotUp, ended, join } = rig();
    await hotspotUp();
    join('Maple', 'correct horse');
    await ended();
    join('Linden', 'marker-password');
    await ended();
    expect(log.lines.join('')).not.toMatch(/Maple|Linden|correct horse|marker|4d61706c65|label password/);
    await service.close();
  });
});

describe('forgetting', () => {
  it('drops the network, and the setup network is back', async () => {
    const { service, radio, store, hotspotUp, ended, join } = rig({ isClaimed: true, isSettled: true });
    await hotspotUp();
    join('Maple', 'correct horse');
    await ended();
    expect(service.forget().join).toEqual({ kind: 'idle' });
    await hotspotUp();
    expect(store.read()).toEqual(noNetwork);
    expect(radio.kept()).toEqual([]);
    await service.close();
  });
});

describe('a claimed machine that has lost its network', () => {
  async function lost() {
    const it = rig({ isClaimed: true, isSettled: true });
    await it.hotspotUp();
    it.join('Maple', 'correct horse');
    await it.ended();
    await it.quiet();
    it.radio.vanish(new TextEncoder().encode('Maple'));
    await it.until('the loss to be seen', () => it.answer().current === null);
    return it;
  }

  it('waits, then opens its hotspot for its owner, and finds the network again by itself', async () => {
    const { service, time, radio, hotspotUp, until, answer } = await lost();
    expect(service.isHotspotOpen).toBe(false);
    const before = time.monotonicMs();
    await hotspotUp();
    expect(time.monotonicMs() - before).toBeGreaterThan(RECOVER_AFTER_MS - 60_000);
    expect(service.isHotspotOpen).toBe(true);
    radio.appear({
      ssid: new TextEncoder().encode('Maple'),
      security: 'wpa2',
      password: 'correct horse',
      signalPercent: 50,
    });
    await until('the network to be tried', () => answer().current?.ssid === 'Maple');
    expect(service.isHotspotOpen).toBe(false);
    await service.close();
  });

  it('tries it now and then, but not while its owner reads the page', async () => {
    const { service, time, radio, hotspotUp, until } = await lost();
    await hotspotUp();
    const tries = () => radio.acts.filter((act) => act === 'reconnect').length;
    const first = tries();
    time.advance(KNOWN_EVERY_MS - 10_000);
    service.show();
    time.advance(OWNER_HOLD_MS - 10_000);
    await until('a look', () => radio.acts.length > 0);
    expect(tries()).toBe(first);
    await until('another try', () => tries() > first);
    await hotspotUp();
    await service.close();
  });
});

it('takes a radio that cannot be listened to as one with no list, and opens the setup network all the same', async () => {
  const radio = {
    ...fakeRadio(),
    scan: async () => {
      throw new Error('busy');
    },
  };
  const { service, hotspotUp, answer } = rig({ radio });
  await hotspotUp();
  expect(answer()).toMatchObject({ networks: [], age_s: null });
  await service.close();
});

it('reads a record from before there were profiles', () => {
  const before = networkSlice.parse({ intent: { ssid_hex: '41', hidden: false } });
  const store = memoryStore<NetworkSlice>(before, networkSlice);
  expect(store.read().intent?.profile_id).toMatch(/^0{8}-/);
});

/** A radio that never answers. */
function hang(_profile: unknown, _onAddress: unknown, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}
