/**
 * The preview's radio: one, as the appliance has, so that its setup network is away while it listens or joins.
 * Nothing here is sent; a host that is away simply gets no answer.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { JoinFailure, WifiNetwork } from '@b3iq/wire/local-api';
import type { FakeMachine } from './fake-machine.ts';
import { PASSWORD, type Routes, sendJson } from './fake-route.ts';

/** How long the radio's doings take, in ms; tests make them short. */
export interface AirTimes {
  readonly announce: number;
  readonly away: number;
  readonly phase: number;
}
export const LIVE_TIMES: AirTimes = { announce: 3000, away: 8000, phase: 2500 };

const hex = (text: string): string => Buffer.from(text).toString('hex');
const network = (ssid: string, signal_percent: number, security: WifiNetwork['security']): WifiNetwork => ({
  ssid,
  ssid_hex: hex(ssid),
  signal_percent,
  security,
});

export const STREET: readonly WifiNetwork[] = [
  network('Maple', 92, 'wpa2'),
  network('Office-5G', 71, 'wpa3'),
  network('Maple Guest', 64, 'open'),
  network('Harbour Corp', 48, 'enterprise'),
  network('\u202Eelpam <b>free</b> wifi', 22, 'wpa2'),
  network('linksys', 14, 'unsupported'),
];

export const AIR_ROUTES: Routes = {
  'GET /api/setup/networks': (machine, _body, response) => sendJson(response, 200, machine.networks),
  'POST /api/setup/networks/scan': (machine, _body, response) => {
    void playScan(machine);
    sendJson(response, 200, machine.networks);
  },
  'POST /api/setup/networks/join': (machine, body, response) => {
    const found = machine.networks.networks.find((each) => each.ssid_hex === body.ssid_hex);
    const ssid = found?.ssid ?? Buffer.from(String(body.ssid_hex), 'hex').toString();
    void playJoin(machine, ssid, outcomeOf(found, body.password));
    sendJson(response, 202, machine.networks);
  },
  'POST /api/setup/networks/forget': (machine, _body, response) => {
    machine.networks = {
      ...machine.networks,
      current: null,
      join: { kind: 'idle' },
      hotspot: { ssid: machine.setup.name, up: true },
    };
    machine.setup = { ...machine.setup, state: 'claimed-recovering' };
    sendJson(response, 200, machine.networks);
  },
};

function outcomeOf(found: WifiNetwork | undefined, password: unknown): JoinFailure | 'joined' {
  if (found === undefined) return 'not-found';
  if (found.security === 'open') return 'captive-portal';
  if (password === PASSWORD) return 'joined';
  return found.security === 'enterprise' ? 'refused' : 'wrong-password';
}

/** Takes the setup network away for a while, and with it everybody who reached the machine through it. */
async function withoutHotspot(machine: FakeMachine, work: () => Promise<void>): Promise<void> {
  const { hotspot } = machine.networks;
  const isDropped = hotspot?.up === true && machine.hotspotHost !== undefined;
  if (isDropped) machine.awayHosts.add(machine.hotspotHost ?? '');
  await work();
  if (isDropped && machine.networks.join.kind !== 'joined')
    machine.awayHosts.delete(machine.hotspotHost ?? '');
}

async function playScan(machine: FakeMachine): Promise<void> {
  const set = (refresh: typeof machine.networks.refresh): void => {
    machine.networks = { ...machine.networks, refresh };
  };
  const { announce, away } = machine.airTimes;
  if (machine.networks.hotspot?.up === true) {
    set({ kind: 'announced', starts_in_s: Math.ceil(announce / 1000) });
    await pause(announce);
  }
  set({ kind: 'away', back_in_s: Math.ceil(away / 1000) });
  await withoutHotspot(machine, async () => {
    await pause(away);
  });
  machine.networks = { ...machine.networks, networks: STREET, age_s: 0, refresh: { kind: 'idle' } };
}

async function playJoin(machine: FakeMachine, ssid: string, outcome: JoinFailure | 'joined'): Promise<void> {
  const { phase: phaseMs } = machine.airTimes;
  machine.networks = { ...machine.networks, join: { kind: 'joining', ssid, phase: 'associating' } };
  await pause(phaseMs / 3);
  await withoutHotspot(machine, async () => {
    const ends = outcome === 'wrong-password' || outcome === 'not-found' || outcome === 'refused' ? 1 : 3;
    for (const phase of (['associating', 'address', 'internet'] as const).slice(0, ends)) {
      machine.networks = { ...machine.networks, join: { kind: 'joining', ssid, phase } };
      await pause(phaseMs);
    }
    if (outcome !== 'joined') {
      const at = new Date().toISOString();
      machine.networks = { ...machine.networks, join: { kind: 'failed', ssid, reason: outcome, at } };
      return;
    }
    const current = { ssid, address: '192.168.1.20', internet: true };
    const hotspot = machine.networks.hotspot && { ...machine.networks.hotspot, up: false };
    machine.networks = { ...machine.networks, join: { kind: 'joined', ...current }, current, hotspot };
    if (machine.lanHost === undefined) return;
    // The session belonged to the address that is gone.
    machine.setup = { ...machine.setup, signed_in: false };
    machine.awayHosts.delete(machine.lanHost);
    if (machine.setup.state === 'claimed-recovering') machine.setup = { ...machine.setup, state: 'claimed' };
  });
}
