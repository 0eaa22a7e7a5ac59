/** What a picture is made of, and how machines stand in several of them. */
import type { Page } from 'playwright-core';
import type { Override } from '../fake-api.ts';
import type { FakeMachine } from '../fake-machine.ts';

export interface Scene {
  readonly path: string;
  readonly set?: (machine: FakeMachine, overrides: Map<string, Override>) => void;
  readonly act?: (page: Page, machine: FakeMachine) => Promise<void>;
}
export type Scenes = Readonly<Record<string, Scene>>;

export function appliance(machine: FakeMachine): void {
  machine.asAppliance();
}
/** An owner's machine with some days behind it. */
export function dashboard(machine: FakeMachine): void {
  machine.claimed('done');
  const hours = (ago: number): string => new Date(Date.now() - ago * 3_600_000).toISOString();
  machine.addKey('Notes app', { tokens_today: 1284, last_used_at: hours(0.2), requests_per_minute: 60 });
  machine.addKey('Home automation', {
    tokens_today: 211,
    last_used_at: hours(3),
    tokens_per_day: 50_000,
    concurrency: 2,
    models: ['b3iq-selftest'],
    expires_at: '2027-03-01T00:00:00.000Z',
  });
  machine.addKey('Grafana', { scopes: ['metrics'] });
  machine.addKey('Old laptop', { revoked_at: hours(30) });
  for (let i = 12; i > 0; i -= 1)
    machine.ledger.add({
      at: hours(i / 3),
      caller: i % 3 === 0 ? 'owner' : 'key_a81Kd02mQ7fZ4bTx',
      status: i === 5 ? 'aborted' : i === 9 ? 'failed' : 'completed',
      completion_tokens: 12 + i * 7,
      token_source: i === 9 ? 'estimated' : 'engine',
    });
}
/** The same on an appliance that has joined a network. */
export function applianceDashboard(machine: FakeMachine): void {
  machine.asAppliance();
  dashboard(machine);
  machine.networks = {
    ...machine.networks,
    current: { ssid: 'Maple', address: '192.168.1.20', internet: true },
    hotspot: { ssid: 'B3IQ-N7K4', up: false },
  };
}
export const button = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();
