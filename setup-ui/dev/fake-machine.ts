/**
 * A machine that exists only here: canned facts, real rules where pages depend on them. For previews and pictures.
 * Separate from the server so that a picture can set any state without a detour.
 */
import { randomBytes } from 'node:crypto';
import type {
  GrantSummary,
  HealthAlert,
  LocalKey,
  NetworksAnswer,
  SetupState,
  StatusAnswer,
} from '@b3iq/wire/local-api';
import { LIVE_TIMES, STREET } from './fake-air.ts';
import { FakeAppliance } from './fake-appliance.ts';
import { FakeBenchmark } from './fake-benchmark.ts';
import { FakeLedger, nodeId } from './fake-ledger.ts';

const MODEL: NonNullable<SetupState['model']> = {
  id: 'b3iq-selftest',
  label: 'B3IQ self-test',
  self_test: true,
  context_tokens: 2048,
  size_bytes: 2_340_000,
  state: 'ready',
  capabilities: ['chat', 'completions', 'embeddings', 'tools', 'json_schema', 'logprobs'],
};

export class FakeMachine {
  readonly ledger = new FakeLedger();
  isLedgerDamaged = false;
  origins: readonly string[] = [];
  countsTo: string | null = null;
  setup: SetupState = {
    name: 'B3IQ-N7K4',
    node_id: nodeId,
    kind: 'host',
    state: 'unclaimed',
    step: 'welcome',
    secret_kind: 'token',
    tries_left: 5,
    locked_for_s: 0,
    network_step: false,
    signed_in: false,
    hardware: {
      passed: true,
      checks: [
        { id: 'processor', ok: true, label: 'Processor', value: 'AMD Ryzen 7 7840HS, 8 cores' },
        { id: 'memory', ok: true, label: 'Memory', value: '31.2 GB, 24.8 GB free' },
        { id: 'disk', ok: true, label: 'Disk', value: '418 GB free of 953 GB' },
        { id: 'graphics', ok: true, label: 'Graphics', value: 'None needed. The processor does the work' },
        { id: 'clock', ok: true, label: 'Clock', value: 'In step' },
        { id: 'engine', ok: true, label: 'Engine', value: 'llama.cpp, loads and answers' },
      ],
    },
    model: MODEL,
    notice: null,
  };
  networks: NetworksAnswer = {
    age_s: 40,
    join: { kind: 'idle' },
    hotspot: { ssid: 'B3IQ-N7K4', up: true },
    refresh: { kind: 'idle' },
    current: null,
    wired: null,
    next_url: 'http://b3iq-n7k4.local/',
    networks: STREET,
  };
  /** The name pages are asked for under when they come over the setup network; undefined: it never takes anybody away. */
  hotspotHost: string | undefined;
  /** The name under which it answers once it has joined a network; undefined: it always does. */
  lanHost: string | undefined;
  /** Hosts that get no answer at the moment. */
  readonly awayHosts = new Set<string>();
  /** Nobody gets an answer. */
  isOff = false;
  airTimes = LIVE_TIMES;
  appliance = new FakeAppliance();
  benchmark = new FakeBenchmark();
  keys: LocalKey[] = [];
  grants: readonly GrantSummary[] = [];
  alerts: readonly HealthAlert[] = [];
  speeds = [61, 74, 70, 82, 79, 88, 80, 84, 91, 77, 86, 84.2];
  /** Ms between two pieces of a streamed answer. */
  pieceMs = 35;

  status(): StatusAnswer {
    const { name, node_id, kind, state, hardware, notice, model } = this.setup;
    const last = this.ledger.rows().at(0);
    return {
      name,
      node_id,
      kind,
      state,
      hardware,
      notice,
      version: '0.1.0',
      mode: 'local',
      owner: 'Mira',
      uptime_s: 93_000,
      endpoint: kind === 'host' ? 'http://127.0.0.1:8831/v1' : 'http://b3iq-n7k4.local:8831/v1',
      models: model === null ? [] : [model],
      active_requests: 1,
      queued_requests: 0,
      receipts_total: this.ledger.rows().length,
      last_receipt_at: last?.at ?? null,
      keys_active: this.keys.filter((key) => key.revoked_at === null).length,
      recent_speeds: this.ledger.rows().length === 0 ? [] : this.speeds,
      memory_used_bytes: 6.4 * 2 ** 30,
      memory_total_bytes: 31.2 * 2 ** 30,
      name_clash: false,
      counts_to: this.countsTo,
      alerts_open: this.alerts.filter(({ gone_at }) => gone_at === null).length,
    };
  }

  /** Reached over its setup network alone, under one name, until it has joined another. */
  onSetupNetwork(hotspotHost: string, lanHost: string): void {
    this.hotspotHost = hotspotHost;
    this.lanHost = lanHost;
    this.awayHosts.add(lanHost);
  }

  /** An appliance in place of a Host. */
  asAppliance(): void {
    this.setup = { ...this.setup, kind: 'appliance', secret_kind: 'label', network_step: true };
  }

  /** As the claim leaves it: an owner, a session, the next step. */
  claimed(step: SetupState['step'] = 'first-answer'): void {
    this.setup = { ...this.setup, state: 'claimed', signed_in: true, step };
  }

  addGrant(name: string, lifeS: number, more: Partial<GrantSummary> = {}): GrantSummary {
    const grant: GrantSummary = {
      id: `grant_${randomBytes(8).toString('hex')}`,
      name,
      hint: 'b3iq_support_Ab3d…',
      state: 'live',
      created_at: new Date().toISOString(),
      expires_at: new Date(Date.now() + lifeS * 1000).toISOString(),
      revoked_at: null,
      last_used_at: null,
      ...more,
    };
    this.grants = [grant, ...this.grants];
    return grant;
  }

  addKey(name: string, more: Partial<LocalKey> = {}): { readonly key: LocalKey; readonly secret: string } {
    const secret = `b3iq_local_${randomBytes(40)
      .toString('base64')
      .replace(/[^0-9A-Za-z]/g, '')
      .slice(0, 49)}`;
    const key: LocalKey = {
      id: `key_${randomBytes(8).toString('hex')}`,
      name,
      hint: `${secret.slice(0, 15)}…`,
      scopes: ['inference'],
      models: null,
      requests_per_minute: null,
      tokens_per_day: null,
      concurrency: null,
      priority: 'normal',
      expires_at: null,
      created_at: new Date().toISOString(),
      last_used_at: null,
      revoked_at: null,
      tokens_today: 0,
      ...more,
    };
    this.keys.push(key);
    return { key, secret };
  }
}
