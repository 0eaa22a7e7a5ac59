import { describe, expect, it } from 'vitest';
import { HOTSPOT_SUBNETS, pickSubnet, planStep, wantsHotspot } from './plan.ts';
import { KNOWN_EVERY_MS, RECOVER_AFTER_MS, type Setup, type Stage, startSetup } from './setup.ts';
import type { Step } from './step.ts';
import { type Link, type NetworkSlice, noNetwork, type Profile, type Sight } from './types.ts';

const link: Link = { address: '192.168.20.31', lan: '192.168.20.0/24', internet: 'full' };
const dark: Sight = {
  radio: 'ready',
  wifi: undefined,
  hotspot: undefined,
  wired: undefined,
  profiles: [],
};
const profile: Profile = {
  id: 'new',
  ssid: Uint8Array.of(0x41),
  hidden: true,
  security: 'wpa2',
  password: 'correct horse',
  enterprise: undefined,
};
const chosen = { ssid_hex: '41', hidden: true, profile_id: 'new' };
const old = { ssid_hex: '42', hidden: false, profile_id: 'old', lan: null };
const kept = (id: string) => ({ id, isKept: true });
const NOW = 1_000_000;
/** A machine that has looked and listened. */
function setup(
  more: Partial<Setup> = {},
  sight: Partial<Sight> = {},
  disk: Partial<NetworkSlice> = {},
): Setup {
  return {
    ...startSetup({ ...noNetwork, ...disk }),
    sight: { ...dark, ...sight },
    isSightStale: false,
    lookAtMs: NOW + 60_000,
    hasListened: true,
    ...more,
  };
}
const plan = (s: Setup): Step => planStep(s, NOW);
const trying = (stage: Stage, disk: Partial<NetworkSlice> = { trial: chosen }) =>
  setup({ trial: { profile, stage } }, { profiles: [{ id: 'new', isKept: false }] }, disk);

describe('the first steps', () => {
  it('are to look, to listen, to open the setup network, and to rest', () => {
    expect(plan(startSetup(noNetwork))).toEqual({ kind: 'look' });
    expect(plan(setup({ hasListened: false }))).toEqual({ kind: 'listen' });
    expect(plan(setup())).toEqual({ kind: 'open-hotspot', subnet: '10.42.0.0/24' });
    expect(plan(setup({}, { hotspot: '10.42.0.0/24' }))).toEqual({ kind: 'rest', untilMs: NOW + 60_000 });
  });

  it('look again when something changed, and when it was quiet for long', () => {
    expect(plan(setup({ isSightStale: true }))).toEqual({ kind: 'look' });
    expect(plan(setup({ lookAtMs: NOW }))).toEqual({ kind: 'look' });
  });

  it('are not taken again at once when they could not be done', () => {
    const failed = setup({ retryAtMs: { 'open-hotspot': NOW + 10_000 } });
    expect(plan(failed)).toEqual({ kind: 'rest', untilMs: NOW + 10_000 });
    expect(planStep(failed, NOW + 10_000).kind).toBe('open-hotspot');
    const blind = setup(
      { retryAtMs: { look: NOW + 5 }, isSightStale: true, lookAtMs: 0 },
      { radio: 'blocked' },
    );
    expect(plan(blind)).toEqual({ kind: 'rest', untilMs: NOW + 5 });
  });

  it('need a radio', () => {
    for (const radio of ['missing', 'blocked'] as const) expect(plan(setup({}, { radio })).kind).toBe('rest');
    expect(wantsHotspot(startSetup(noNetwork), NOW)).toBe(false);
  });
});

describe('the setup network', () => {
  const claimed = { isClaimed: true };
  const settled = { isClaimed: true, isSettled: true };
  it.each<[string, boolean, Partial<Setup>, Partial<Sight>, Partial<NetworkSlice>]>([
    ['before there is an owner', true, {}, {}, {}],
    ['before there is an owner, with a cable too', true, {}, { wired: link }, {}],
    ['through the wizard', true, claimed, { wired: link }, {}],
    ['after it, when there is no other way in', true, settled, {}, {}],
    ['after it, with a cable', false, settled, { wired: link }, {}],
    ['on a network', false, settled, { wifi: { ...link, id: 'old' } }, { intent: old }],
    ['while the known network may come back', false, { ...settled, lostAtMs: NOW - 5 }, {}, { intent: old }],
    ['when it is lost for good', true, { ...settled, lostAtMs: NOW - RECOVER_AFTER_MS }, {}, { intent: old }],
    ['while it recovers', true, { ...settled, isRecovering: true }, {}, { intent: old }],
    [
      'when it is time to try the known one',
      false,
      { ...settled, isRecovering: true, knownAtMs: NOW },
      {},
      { intent: old },
    ],
    [
      'while a try waits',
      true,
      { trial: { profile, stage: { kind: 'waiting', startsAtMs: NOW + 1 } } },
      {},
      {},
    ],
    ['while a try runs', false, { trial: { profile, stage: { kind: 'recorded' } } }, {}, {}],
    [
      'once a try has failed',
      true,
      { trial: { profile, stage: { kind: 'failed', reason: 'refused', at: '' } } },
      {},
      {},
    ],
  ])('%s: %s', (_when, wanted, more, sight, disk) => {
    expect(wantsHotspot(setup(more, sight, disk), NOW)).toBe(wanted);
  });

  it('is closed when it is not wanted any more', () => {
    const sight = { wifi: { ...link, id: 'old' }, hotspot: '10.42.0.0/24', profiles: [kept('old')] };
    expect(plan(setup(settled, sight, { intent: old }))).toEqual({ kind: 'close-hotspot' });
  });

  it('moves out of the way of a cable’s network, and never uses the joined one’s', () => {
    const home = { ...link, lan: '10.42.0.0/16' };
    expect(plan(setup({}, { wired: home, hotspot: '10.42.0.0/24' }))).toEqual({
      kind: 'open-hotspot',
      subnet: '10.83.142.0/24',
    });
    expect(plan(setup({}, { wired: home, hotspot: '10.83.142.0/24' })).kind).toBe('rest');
    const lost = { ...settled, lostAtMs: NOW - RECOVER_AFTER_MS };
    expect(
      plan(setup(lost, { profiles: [kept('old')] }, { intent: { ...old, lan: '10.42.0.0/24' } })),
    ).toEqual({
      kind: 'open-hotspot',
      subnet: '10.83.142.0/24',
    });
    expect(pickSubnet(['0.0.0.0/0'])).toBe(HOTSPOT_SUBNETS[0]);
    expect(pickSubnet(['10.0.0.0/8', '172.16.0.0/12'])).toBe('192.168.242.0/24');
  });

  it('goes for a refresh only once that was announced', () => {
    const up = { hotspot: '10.42.0.0/24' };
    const announced = (startsAtMs: number) => setup({ refresh: { kind: 'announced', startsAtMs } }, up);
    expect(plan(announced(NOW + 1))).toEqual({ kind: 'rest', untilMs: NOW + 1 });
    expect(plan(announced(NOW))).toEqual({ kind: 'listen' });
    expect(plan(setup({ refresh: { kind: 'away', backAtMs: NOW } }, up))).toEqual({ kind: 'listen' });
    expect(plan(setup({ refresh: { kind: 'away', backAtMs: NOW } }, { radio: 'blocked' })).kind).toBe('rest');
  });
});

describe('a known network', () => {
  const settled = { isClaimed: true, isSettled: true };
  const sight = { profiles: [kept('old')] };
  it('is left to come back by itself for a while', () => {
    expect(plan(setup({ ...settled, lostAtMs: NOW - 5 }, sight, { intent: old }))).toEqual({
      kind: 'rest',
      untilMs: NOW + 60_000,
    });
    const nearly = { ...settled, lostAtMs: NOW - RECOVER_AFTER_MS + 7 };
    expect(plan(setup(nearly, sight, { intent: old }))).toEqual({ kind: 'rest', untilMs: NOW + 7 });
  });

  it('is tried again from the hotspot when it is time', () => {
    const lost = { ...settled, isRecovering: true };
    const due = setup({ ...lost, knownAtMs: NOW }, sight, { intent: old });
    expect(plan(due)).toEqual({ kind: 'reconnect', id: 'old' });
    const later = setup(
      { ...lost, knownAtMs: NOW + KNOWN_EVERY_MS },
      { ...sight, hotspot: '10.42.0.0/24' },
      { intent: old },
    );
    expect(plan(later).kind).toBe('rest');
    expect(planStep(later, NOW + KNOWN_EVERY_MS).kind).toBe('look');
    expect(
      plan(setup({ ...lost, knownAtMs: NOW }, { ...sight, radio: 'blocked' }, { intent: old })).kind,
    ).toBe('rest');
  });
});

describe('a try', () => {
  it('is written down, made, proven, kept, written down', () => {
    const waiting = trying({ kind: 'waiting', startsAtMs: NOW + 5 }, {});
    expect(plan(waiting)).toEqual({ kind: 'rest', untilMs: NOW + 5 });
    expect(plan(trying({ kind: 'waiting', startsAtMs: NOW }, { intent: old }))).toEqual({
      kind: 'record',
      slice: { intent: old, trial: chosen, failed: null },
    });
    expect(plan(trying({ kind: 'recorded' }))).toEqual({ kind: 'connect', profile });
    expect(plan(trying({ kind: 'linked', link }))).toEqual({ kind: 'probe' });
    expect(plan(trying({ kind: 'proven', link, internet: true }))).toEqual({ kind: 'keep', id: 'new' });
    expect(plan(trying({ kind: 'kept', link, internet: true }, { intent: old, trial: chosen }))).toEqual({
      kind: 'record',
      slice: { intent: { ...chosen, lan: '192.168.20.0/24' }, trial: null, failed: null },
    });
  });

  it('that failed is written down and leaves the known network as it was', () => {
    const failed = trying(
      { kind: 'failed', reason: 'wrong-password', at: 'then' },
      { intent: old, trial: chosen },
    );
    expect(plan(failed)).toEqual({
      kind: 'record',
      slice: { intent: old, trial: null, failed: { ssid_hex: '41', reason: 'wrong-password', at: 'then' } },
    });
    // A full disk does not keep the setup network away.
    expect(plan({ ...failed, disk: noNetwork, retryAtMs: { record: NOW + 1 } }).kind).toBe('open-hotspot');
    const kept = trying({ kind: 'kept', link, internet: true });
    expect(plan({ ...kept, retryAtMs: { record: NOW + 1 } })).toEqual({ kind: 'rest', untilMs: NOW + 1 });
  });
});

describe('what a power cut left behind', () => {
  it('is finished when the try had proven itself', () => {
    const proven = setup({}, { profiles: [kept('old'), kept('new')] }, { intent: old, trial: chosen });
    expect(plan(proven)).toEqual({
      kind: 'record',
      slice: { intent: { ...chosen, lan: null }, trial: null, failed: null },
    });
    const linked = setup({}, { profiles: [kept('new')], wifi: { ...link, id: 'new' } }, { trial: chosen });
    expect(plan(linked)).toMatchObject({ slice: { intent: { lan: link.lan } } });
  });

  it('is dropped when it had not', () => {
    for (const profiles of [[], [kept('old')], [{ id: 'new', isKept: false }]])
      expect(plan(setup({}, { profiles }, { intent: old, trial: chosen }))).toEqual({
        kind: 'record',
        slice: { intent: old, trial: null, failed: null },
      });
    const join = { kind: 'failed', ssid: 'A', reason: 'interrupted', at: 'then' } as const;
    expect(plan(setup({ join }, {}, { intent: old, trial: chosen }))).toMatchObject({
      slice: { trial: null, failed: { ssid_hex: '41', reason: 'interrupted', at: 'then' } },
    });
  });

  it('leaves no profile that nothing refers to', () => {
    const profiles = [kept('old'), kept('older'), { id: 'new', isKept: false }];
    const lost = setup({ isClaimed: true, isSettled: true }, { profiles }, { intent: old });
    expect(plan(lost)).toEqual({ kind: 'forget', ids: ['older', 'new'] });
    // The way in comes first, unless what is left over holds the radio.
    expect(plan(setup({}, { profiles: [kept('older')] })).kind).toBe('open-hotspot');
    const portal = { wifi: { ...link, id: 'new' }, profiles };
    expect(plan(setup({}, portal, { intent: old }))).toEqual({ kind: 'forget', ids: ['new'] });
    expect(plan(setup({}, { ...portal, wifi: { ...link, id: 'old' } }, { intent: old })).kind).toBe('forget');
  });
});

it('forgets what its owner wants forgotten', () => {
  expect(plan(setup({ isForgetting: true }, {}, { intent: old }))).toEqual({
    kind: 'record',
    slice: noNetwork,
  });
});
