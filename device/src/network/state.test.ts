import { describe, expect, it } from 'vitest';
import {
  ANNOUNCE_MS,
  AWAY_MS,
  JOIN_GRACE_MS,
  KNOWN_EVERY_MS,
  LOOK_EVERY_MS,
  OWNER_HOLD_MS,
  RETRY_MS,
  type Setup,
  type Stage,
  startSetup,
} from './setup.ts';
import { onSetupEvent, type SetupEvent } from './state.ts';
import { type Link, type NetworkSlice, noNetwork, type Profile, type Sight } from './types.ts';

const now = { ms: 1_000, at: '2026-11-22T07:00:00.000Z' };
const link: Link = { address: '192.168.20.31', lan: '192.168.20.0/24', internet: 'full' };
const dark: Sight = { radio: 'ready', wifi: undefined, hotspot: undefined, wired: undefined, profiles: [] };
const named = (id: string, ssid = 0x41): Profile => ({
  id,
  ssid: Uint8Array.of(ssid),
  hidden: false,
  security: 'wpa2',
  password: 'correct horse',
  enterprise: undefined,
});
const profile = named('new');
const other = named('other', 0x42);
const old = { ssid_hex: '43', hidden: false, profile_id: 'old', lan: null };
const trialOf = (id: string) => ({ ssid_hex: '41', hidden: false, profile_id: id });
const on = (setup: Setup, ...events: readonly SetupEvent[]) =>
  events.reduce((before, event) => onSetupEvent(before, event, now), setup);
const fresh = startSetup(noNetwork);
const trying = (stage: Stage, disk: NetworkSlice = noNetwork): Setup => ({
  ...startSetup(disk),
  isSightStale: false,
  trial: { profile, stage },
});
const recorded = (slice: Partial<NetworkSlice>): SetupEvent => ({
  kind: 'recorded',
  slice: { ...noNetwork, ...slice },
});
const failed = (setup: Setup) => (setup.join.kind === 'failed' ? setup.join.reason : undefined);

describe('a machine that starts', () => {
  it('shows the failure it wrote down', () => {
    const disk = { ...noNetwork, failed: { ssid_hex: '41', reason: 'wrong-password', at: now.at } } as const;
    expect(startSetup(disk).join).toEqual({
      kind: 'failed',
      ssid: 'A',
      reason: 'wrong-password',
      at: now.at,
    });
    expect(fresh.join).toEqual({ kind: 'idle' });
  });

  it('says that it was cut short when a try is left open, unless that had proven itself', () => {
    const left = startSetup({ ...noNetwork, trial: trialOf('new') });
    const looked = (isKept?: boolean): SetupEvent => ({
      kind: 'looked',
      sight: { ...dark, profiles: isKept === undefined ? [] : [{ id: 'new', isKept }] },
    });
    for (const event of [looked(), looked(false)])
      expect(on(left, event).join).toEqual({ kind: 'failed', ssid: 'A', reason: 'interrupted', at: now.at });
    const later = { ms: 9_000, at: '2026-11-22T07:05:00.000Z' };
    expect(onSetupEvent(on(left, looked()), looked(), later).join).toMatchObject({ at: now.at });
    expect(on(left, looked(true)).join).toEqual({ kind: 'idle' });
    expect(on(left, { kind: 'forget-asked' }, looked()).join).toEqual({ kind: 'idle' });
    expect(failed(on(left, { kind: 'join-asked', profile: other }, looked()))).toBeUndefined();
  });

  it('learns who owns it, and what its devices are', () => {
    expect(on(fresh, { kind: 'owner', isClaimed: true, isSettled: false })).toMatchObject({
      isClaimed: true,
    });
    const seen = on(fresh, { kind: 'looked', sight: dark });
    expect(seen).toMatchObject({ sight: dark, isSightStale: false, lookAtMs: now.ms + LOOK_EVERY_MS });
    expect(on(seen, { kind: 'changed' }).isSightStale).toBe(true);
    expect(on(seen, { kind: 'done' }).isSightStale).toBe(true);
  });

  it('counts from when its known network is out of reach', () => {
    const known = startSetup({ ...noNetwork, intent: old });
    const lost = on(known, { kind: 'looked', sight: dark });
    expect(lost.lostAtMs).toBe(now.ms);
    expect(onSetupEvent(lost, { kind: 'looked', sight: dark }, { ...now, ms: 9_000 }).lostAtMs).toBe(now.ms);
    const back = on(
      { ...lost, isRecovering: true, knownAtMs: 5 },
      { kind: 'looked', sight: { ...dark, wifi: { ...link, id: 'old' } } },
    );
    expect(back).toMatchObject({ lostAtMs: undefined, isRecovering: false, knownAtMs: undefined });
    expect(on(fresh, { kind: 'looked', sight: dark }).lostAtMs).toBeUndefined();
  });
});

describe('a refresh', () => {
  const open = on(fresh, { kind: 'looked', sight: { ...dark, hotspot: '10.42.0.0/24' } });
  it('is announced while the hotspot is open, then away, then back with a list', () => {
    const announced = on(open, { kind: 'scan-asked' });
    expect(announced.refresh).toEqual({ kind: 'announced', startsAtMs: now.ms + ANNOUNCE_MS });
    expect(on(announced, { kind: 'scan-asked' })).toBe(announced);
    const away = on(announced, { kind: 'begun', step: { kind: 'listen' } });
    expect(away.refresh).toEqual({ kind: 'away', backAtMs: now.ms + AWAY_MS });
    const heard = [{ ssid: profile.ssid, signalPercent: 50, security: 'open' }] as const;
    expect(on(away, { kind: 'heard', networks: heard })).toMatchObject({
      heard,
      heardAtMs: now.ms,
      hasListened: true,
      refresh: undefined,
      isSightStale: true,
    });
    expect(on(away, { kind: 'broken', step: { kind: 'listen' } })).toMatchObject({
      refresh: undefined,
      hasListened: true,
    });
  });

  it('takes the hotspot off the radio, as every use of it does', () => {
    const after = (step: Extract<SetupEvent, { kind: 'begun' }>['step']) =>
      on(open, { kind: 'begun', step }).sight?.hotspot;
    for (const step of [
      { kind: 'connect', profile },
      { kind: 'reconnect', id: 'x' },
      { kind: 'listen' },
    ] as const)
      expect(after(step)).toBeUndefined();
    expect(after({ kind: 'probe' })).toBe('10.42.0.0/24');
    expect(on(fresh, { kind: 'begun', step: { kind: 'listen' } })).toBe(fresh);
  });

  it('begins at once when nobody loses a page by it', () => {
    const closed = on(fresh, { kind: 'looked', sight: dark }, { kind: 'scan-asked' });
    expect(closed.refresh).toEqual({ kind: 'announced', startsAtMs: now.ms });
    expect(on(fresh, { kind: 'scan-asked' }).refresh).toEqual({ kind: 'announced', startsAtMs: now.ms });
  });

  it('is not asked of a radio that joins, and ends with the radio', () => {
    const busy = trying({ kind: 'recorded' });
    expect(on(busy, { kind: 'scan-asked' })).toBe(busy);
    const announced = on(open, { kind: 'scan-asked' });
    expect(on(announced, { kind: 'looked', sight: { ...dark, radio: 'missing' } }).refresh).toBeUndefined();
    expect(on(announced, { kind: 'begun', step: { kind: 'look' } })).toBe(announced);
  });
});

describe('a join', () => {
  it('runs through its stages to a proven network', () => {
    const asked = on(fresh, { kind: 'join-asked', profile });
    expect(asked.trial?.stage).toEqual({ kind: 'waiting', startsAtMs: now.ms + JOIN_GRACE_MS });
    expect(asked.join).toEqual({ kind: 'joining', ssid: 'A', phase: 'associating' });
    const written = on(asked, recorded({ trial: trialOf('new') }));
    expect(written.trial?.stage).toEqual({ kind: 'recorded' });
    const address = on(written, { kind: 'address-sought' });
    expect(address.join).toMatchObject({ phase: 'address' });
    const linked = on(address, { kind: 'connected', outcome: { kind: 'linked', link } });
    expect(linked).toMatchObject({ trial: { stage: { kind: 'linked', link } }, join: { phase: 'internet' } });
    const proven = on(linked, { kind: 'probed', internet: 'full' });
    expect(proven.trial?.stage).toEqual({ kind: 'proven', link, internet: true });
    const kept = on(proven, { kind: 'kept' });
    expect(kept.trial?.stage).toEqual({ kind: 'kept', link, internet: true });
    const joined = on(
      { ...kept, isRecovering: true, knownAtMs: 3, lostAtMs: 2 },
      recorded({ intent: { ...old, profile_id: 'new' } }),
    );
    expect(joined).toMatchObject({
      trial: undefined,
      join: { kind: 'joined', ssid: 'A', address: link.address, internet: true },
      isRecovering: false,
      knownAtMs: undefined,
      lostAtMs: undefined,
    });
  });

  it('is joined without internet, but not behind a login page', () => {
    const linked = trying({ kind: 'linked', link });
    expect(on(linked, { kind: 'probed', internet: 'local' }).trial?.stage).toMatchObject({ internet: false });
    expect(failed(on(linked, { kind: 'probed', internet: 'portal' }))).toBe('captive-portal');
  });

  it('that fails says why and when, and lets the known network be taken up at once', () => {
    const end = on(trying({ kind: 'recorded' }), {
      kind: 'connected',
      outcome: { kind: 'failed', reason: 'wrong-password' },
    });
    expect(end.trial?.stage).toEqual({ kind: 'failed', reason: 'wrong-password', at: now.at });
    expect(end.join).toEqual({ kind: 'failed', ssid: 'A', reason: 'wrong-password', at: now.at });
    expect(on(end, recorded({ intent: old }))).toMatchObject({ trial: undefined, knownAtMs: 0 });
    // Its owner sits at the hotspot: the known network was looked for long enough.
    const recovering = { ...end, isRecovering: true, knownAtMs: 77 };
    expect(on(recovering, recorded({ intent: old })).knownAtMs).toBe(77);
  });

  it('that cannot succeed fails before it is tried', () => {
    const refused = on(fresh, { kind: 'join-refused', profile, reason: 'password-too-short' });
    expect(refused).toMatchObject({ trial: { stage: { kind: 'failed' } } });
    expect(failed(refused)).toBe('password-too-short');
  });

  it('is replaced by another until it has proven itself; then the other waits', () => {
    for (const stage of [{ kind: 'recorded' }, { kind: 'linked', link }] as const)
      expect(on(trying(stage), { kind: 'join-asked', profile: other })).toMatchObject({
        trial: { profile: other, stage: { kind: 'waiting' } },
        join: { ssid: 'B' },
      });
    for (const kind of ['proven', 'kept'] as const) {
      const waits = on(trying({ kind, link, internet: true }), { kind: 'join-asked', profile: other });
      expect(waits).toMatchObject({ trial: { profile }, nextTrial: other });
    }
    const kept = on(trying({ kind: 'kept', link, internet: true }), { kind: 'join-asked', profile: other });
    expect(on(kept, recorded({ intent: old }))).toMatchObject({
      trial: { profile: other, stage: { kind: 'waiting', startsAtMs: 0 } },
      nextTrial: undefined,
      join: { kind: 'joining', ssid: 'B' },
    });
  });

  it('is not disturbed by late news of the one it replaced', () => {
    const asked = on(fresh, { kind: 'join-asked', profile });
    const late: readonly SetupEvent[] = [
      { kind: 'address-sought' },
      { kind: 'probed', internet: 'portal' },
      { kind: 'kept' },
    ];
    for (const event of late) expect(on(asked, event)).toBe(asked);
    expect(on(asked, { kind: 'connected', outcome: { kind: 'failed', reason: 'refused' } })).toEqual({
      ...asked,
      isSightStale: true,
    });
    expect(on(fresh, { kind: 'kept' })).toBe(fresh);
    expect(on(asked, recorded({ trial: trialOf('replaced') })).trial?.stage.kind).toBe('waiting');
    expect(on(trying({ kind: 'linked', link }), recorded({})).trial?.stage.kind).toBe('linked');
  });
});

describe('a step that cannot be done', () => {
  const broken = (setup: Setup, step: Extract<SetupEvent, { kind: 'broken' }>['step']) =>
    on(setup, { kind: 'broken', step });

  it('is tried again later', () => {
    const after = broken(fresh, { kind: 'open-hotspot', subnet: '10.42.0.0/24' });
    expect(after.retryAtMs).toEqual({ 'open-hotspot': now.ms + RETRY_MS });
    expect(on(after, { kind: 'join-asked', profile }).retryAtMs).toEqual({});
  });

  it('leaves a machine that cannot look without a radio for now', () => {
    expect(broken(fresh, { kind: 'look' })).toMatchObject({
      isSightStale: false,
      sight: { radio: 'blocked' },
    });
    const seen = on(fresh, { kind: 'looked', sight: dark });
    expect(broken(seen, { kind: 'look' }).sight).toBe(dark);
  });

  it('ends the try it belongs to and no other', () => {
    const steps = [
      [{ kind: 'connect', profile }, { kind: 'recorded' }],
      [
        { kind: 'keep', id: 'new' },
        { kind: 'proven', link, internet: true },
      ],
      [
        { kind: 'record', slice: noNetwork },
        { kind: 'waiting', startsAtMs: 0 },
      ],
    ] as const;
    for (const [step, stage] of steps) {
      expect(failed(broken(trying(stage), step))).toBe('refused');
      const replaced = broken(trying({ kind: 'kept', link, internet: true }), step);
      expect(replaced.trial?.stage.kind).toBe('kept');
      expect(broken(fresh, step).trial).toBeUndefined();
    }
  });

  it('keeps a network that let the machine in when nobody can tell in time whether the internet is behind it', () => {
    const unknown = broken(trying({ kind: 'linked', link }), { kind: 'probe' });
    expect(unknown.trial?.stage).toEqual({ kind: 'proven', link, internet: false });
    const kept = trying({ kind: 'kept', link, internet: true });
    expect(broken(kept, { kind: 'probe' }).trial?.stage).toEqual({ kind: 'kept', link, internet: true });
    expect(broken(fresh, { kind: 'probe' }).trial).toBeUndefined();
  });
});

describe('recovery', () => {
  const known = startSetup({ ...noNetwork, intent: old });
  it('begins with the hotspot and tries the known network now and then', () => {
    const open = on(known, { kind: 'hotspot-opened' });
    expect(open).toMatchObject({ isRecovering: true, knownAtMs: now.ms + KNOWN_EVERY_MS });
    expect(on(fresh, { kind: 'hotspot-opened' })).toMatchObject({
      isRecovering: false,
      knownAtMs: undefined,
    });
    const again = on(open, { kind: 'reconnected', outcome: { kind: 'failed', reason: 'not-found' } });
    expect(again.knownAtMs).toBe(now.ms + KNOWN_EVERY_MS);
    expect(on(open, { kind: 'reconnected', outcome: { kind: 'linked', link } }).knownAtMs).toBeUndefined();
    // Before that the radio goes on by itself.
    const alone = on(
      { ...known, knownAtMs: 0 },
      { kind: 'reconnected', outcome: { kind: 'failed', reason: 'not-found' } },
    );
    expect(alone.knownAtMs).toBeUndefined();
  });

  it('never takes the hotspot away from an owner who reads the page', () => {
    const soon = { ...known, knownAtMs: now.ms + 5 };
    expect(on(soon, { kind: 'owner-seen' }).knownAtMs).toBe(now.ms + OWNER_HOLD_MS);
    const far = { ...known, knownAtMs: now.ms + OWNER_HOLD_MS };
    expect(on(far, { kind: 'owner-seen' })).toBe(far);
    expect(on(known, { kind: 'owner-seen' })).toBe(known);
  });
});

it('forgets a network, and whatever is being tried, when it is told to', () => {
  const forgetting = on(trying({ kind: 'recorded' }, { ...noNetwork, intent: old }), {
    kind: 'forget-asked',
  });
  expect(forgetting).toMatchObject({ isForgetting: true, trial: undefined, join: { kind: 'idle' } });
  expect(on(forgetting, recorded({ intent: old })).isForgetting).toBe(true);
  expect(on(forgetting, recorded({})).isForgetting).toBe(false);
});
