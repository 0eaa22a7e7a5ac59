/**
 * A simulated radio over a simulated street: one radio, so a hotspot or a network, never both; profiles in RAM or kept.
 * For development and tests; it says of itself that it is simulated.
 */

import { FAKE_STREET, type FakeNetwork } from './fakes/street.ts';
import { ssidToHex } from './parse.ts';
import type { Radio } from './port.ts';
import type { Link, LinkOutcome, Profile, Sight } from './types.ts';

export interface FakeRadioOptions {
  readonly street?: readonly FakeNetwork[];
  /** How long each act takes; 0 in tests, about 700 for somebody watching. */
  readonly phaseMs?: number;
  /** Every use fails, as with an adapter that was pulled out. */
  readonly broken?: boolean;
}
/** What a test can do to the world around the radio, and see of it. */
export interface FakeRadio extends Radio {
  /** A cable goes in, or out. */
  plug(wired: Link | undefined): void;
  /** The network the radio is on disappears, and is no longer in the street. */
  vanish(ssid: Uint8Array): void;
  appear(network: FakeNetwork): void;
  /** The hotspot dies without a word. */
  killHotspot(): void;
  /** Power fails: what was not kept is gone. The radio then finds kept networks again by itself, as the real one does. */
  cutPower(): void;
  kept(): readonly Profile[];
  /** Every act in order, without secrets. */
  readonly acts: readonly string[];
}

type Held = Profile & { readonly isKept: boolean };

/** A radio over `street`. */
export function fakeRadio({
  street: first = FAKE_STREET,
  phaseMs = 0,
  broken = false,
}: FakeRadioOptions = {}): FakeRadio {
  let street = [...first];
  let held: readonly Held[] = [];
  let on:
    | { readonly kind: 'hotspot'; readonly subnet: string }
    | { readonly kind: 'wifi'; readonly profile: Profile; readonly link: Link }
    | undefined;
  let wired: Link | undefined;
  const listeners = new Set<() => void>();
  const acts: string[] = [];
  const act = async (name: string, signal?: AbortSignal) => {
    acts.push(name);
    await pause(phaseMs, signal);
    if (broken) throw new Error('no such device');
  };
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const find = (profile: Profile) =>
    street.find(
      (n) => ssidToHex(n.ssid) === ssidToHex(profile.ssid) && (profile.hidden || n.hidden !== true),
    );

  async function connect(profile: Profile, onAddress: () => void, signal: AbortSignal): Promise<LinkOutcome> {
    on = undefined; // one radio
    await pause(phaseMs, signal);
    const network = find(profile);
    const reason = network === undefined ? 'not-found' : refusal(network, profile);
    if (network === undefined || (reason !== undefined && reason !== 'no-address'))
      return { kind: 'failed', reason: reason ?? 'not-found' };
    onAddress();
    await pause(phaseMs, signal);
    if (reason !== undefined) return { kind: 'failed', reason };
    const lan = network.lan ?? '192.168.20.0/24';
    const link: Link = {
      address: lan.replace(/\.0\/\d+$/, '.31'),
      lan,
      internet: network.internet ?? 'full',
    };
    on = { kind: 'wifi', profile, link };
    return { kind: 'linked', link };
  }
  /** What a real radio does by itself when it is free. */
  function autoconnect(): void {
    const profile = held.find((p) => p.isKept && find(p) !== undefined && refusalOf(p) === undefined);
    if (on === undefined && profile !== undefined)
      void connect(profile, () => {}, new AbortController().signal);
  }
  const refusalOf = (profile: Profile) => {
    const network = find(profile);
    return network === undefined ? 'not-found' : refusal(network, profile);
  };

  return {
    simulated: true,
    acts,
    async look(): Promise<Sight> {
      if (broken) throw new Error('no such device');
      return {
        radio: 'ready',
        wifi: on?.kind === 'wifi' ? { ...on.link, id: on.profile.id } : undefined,
        hotspot: on?.kind === 'hotspot' ? on.subnet : undefined,
        wired,
        profiles: held.map(({ id, isKept }) => ({ id, isKept })),
      };
    },
    async scan(signal) {
      if (on?.kind === 'hotspot') on = undefined;
      await act('scan', signal);
      return street.filter((network) => network.hidden !== true);
    },
    async openHotspot(_hotspot, subnet, signal) {
      await act(`open-hotspot ${subnet}`, signal);
      on = { kind: 'hotspot', subnet };
    },
    async closeHotspot() {
      await act('close-hotspot');
      if (on?.kind === 'hotspot') on = undefined;
      autoconnect();
    },
    async connect(profile, onAddress, signal) {
      await act('connect', signal);
      held = [...held, { ...profile, isKept: false }];
      const outcome = await connect(profile, onAddress, signal).finally(() => setImmediate(autoconnect));
      return outcome;
    },
    async probe(signal) {
      await act('probe', signal);
      return on?.kind === 'wifi' ? on.link.internet : 'local';
    },
    async keep(id) {
      await act('keep');
      held = held.map((profile) => (profile.id === id ? { ...profile, isKept: true } : profile));
    },
    async forget(ids) {
      await act('forget');
      held = held.filter(({ id }) => !ids.includes(id));
      if (on?.kind === 'wifi' && ids.includes(on.profile.id)) on = undefined;
      autoconnect();
    },
    async reconnect(id, signal) {
      await act('reconnect', signal);
      const profile = held.find((p) => p.id === id);
      if (profile === undefined) return { kind: 'failed', reason: 'not-found' };
      return connect(profile, () => {}, signal);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {},

    plug(link) {
      wired = link;
      tell();
    },
    vanish(ssid) {
      const hex = ssidToHex(ssid);
      street = street.filter((n) => ssidToHex(n.ssid) !== hex);
      if (on?.kind === 'wifi' && ssidToHex(on.profile.ssid) === hex) on = undefined;
      tell();
    },
    appear(network) {
      street = [...street, network];
      autoconnect();
      tell();
    },
    killHotspot() {
      if (on?.kind === 'hotspot') on = undefined;
    },
    cutPower() {
      on = undefined;
      held = held.filter(({ isKept }) => isKept);
      autoconnect();
    },
    kept: () => held.filter(({ isKept }) => isKept),
  };
}

/** Why a network does not take a profile; `undefined` when it does. */
function refusal(
  network: FakeNetwork,
  profile: Profile,
): Extract<LinkOutcome, { kind: 'failed' }>['reason'] | undefined {
  if (network.security === 'enterprise')
    return profile.enterprise?.identity === network.identity && profile.password === network.password
      ? network.fails
      : 'refused';
  if (network.password !== profile.password) return 'wrong-password';
  return network.fails;
}

/** Resolves after `ms`; rejects with the signal's reason when that comes first. */
function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
