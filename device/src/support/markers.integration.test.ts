/** Plants markers in everything a bundle is made from, and looks for them in the bundle. */
import { gunzipSync } from 'node:zlib';
import type { HealthAlertsAnswer, HealthAnswer } from '@b3iq/wire/local-api';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { fakeHealth } from '../health/fake.ts';
import { judgeHardware } from '../health/judge.ts';
import { FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { type BundleDeps, bundleMaker } from './bundle.ts';
import { BUNDLE_FILES } from './contents.ts';
import { RecentLog } from './recent-log.ts';

/** Each as it would look where it stands. */
const MARKERS = {
  prompt: 'planted prompt about a divorce',
  key: 'b3iq_local_PLANTED0000000000000000000000000000000000000000000',
  token: 'b3iq_support_PLANTED',
  hash: 'c0ffee'.repeat(10).slice(0, 60),
  ssid: 'Planted Orchard 5G',
  address: '192.168.77.99',
  address6: 'fd12:3456:789a::99',
  path: '/home/planted/models/secret.gguf',
  owner: 'Planted Lovelace',
  model: 'planted-lawsuit-model.gguf',
  host: 'planted-host.example',
} as const;
const everything = Object.values(MARKERS).join(' ');

function planted(): BundleDeps {
  const clock = new FakeClock(Date.UTC(2026, 10, 22));
  const log = new RecentLog(memoryLog(), clock);
  for (const [name, marker] of Object.entries(MARKERS)) {
    log.error('test.marked', {
      [name]: marker,
      reason: everything,
      code: marker,
      state: marker,
      version: marker,
    });
    log.warn(marker, { value: 1 });
    log.info('test.marked', { [marker]: 1 });
  }
  const inner = fakeHealth(clock);
  const now = async (): Promise<HealthAnswer> => {
    const answer = await inner.now();
    return {
      ...answer,
      engines: [{ engine: MARKERS.path, model: MARKERS.model, state: 'ready', restarts: 2 }],
      gpus: answer.gpus?.map((gpu) => ({ ...gpu, name: MARKERS.path, driver: MARKERS.address })) ?? null,
      ...{ surprise: everything },
    };
  };
  const alerts = (): HealthAlertsAnswer => ({
    alerts: [
      {
        id: `engine-failed:${MARKERS.model}`,
        kind: 'engine-failed',
        severity: 'critical',
        title: everything,
        meaning: everything,
        action: everything,
        raised_at: '2026-11-22T00:00:00.000Z',
        gone_at: null,
        times: 1,
      },
    ],
  });
  const hardware = judgeHardware(
    {
      processor: { model: everything, cores: 2 },
      memoryBytes: 2 ** 34,
      diskFreeBytes: 10 ** 11,
      graphics: [{ model: everything, memoryBytes: 1 }],
    },
    { name: 'failed', reason: everything },
    clock.now(),
  );
  return {
    version: '0.1.0',
    nodeId: `node_${'a'.repeat(52)}`,
    config: readConfig({
      B3IQ_STATE_DIR: '/home/planted/state',
      B3IQ_MODEL_FILE: MARKERS.path,
      B3IQ_LISTEN_ADDRESS: MARKERS.address,
      B3IQ_HOST_NAMES: MARKERS.host,
      B3IQ_OTLP_ENDPOINT: `http://${MARKERS.host}:4318`,
    }),
    health: { ...bound(inner), now, alerts },
    hardware: async () => hardware,
    verify: async () => ({
      ok: false,
      receipts: 7,
      batches: 3,
      head: MARKERS.hash,
      first_break: { seq: 5, reason: everything },
    }),
    keysActive: () => 3,
    log,
    clock,
  };
}
const bound = (health: ReturnType<typeof fakeHealth>) => ({
  history: health.history.bind(health),
  metrics: health.metrics.bind(health),
});

/** Paths and texts of the files in an archive. */
function unpack(archive: Uint8Array): ReadonlyMap<string, string> {
  const bytes = gunzipSync(archive);
  const files = new Map<string, string>();
  for (let at = 0; bytes[at] !== 0; ) {
    const path = bytes.toString('latin1', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8);
    files.set(path.replace('b3iq-support/', ''), bytes.toString('utf8', at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

describe('a support bundle', () => {
  it('holds none of the markers, wherever they were planted', async () => {
    const archive = await bundleMaker(planted())();
    const text = gunzipSync(archive).toString('utf8');
    for (const marker of [
      ...Object.values(MARKERS),
      'planted',
      'Planted',
      'PLANTED',
      '/home',
      '192.168',
      'c0ffee',
    ])
      expect(text.includes(marker) ? marker : 'clean').toBe('clean');
  });

  it('is exactly the files the owner was shown, and they tell what they say', async () => {
    const files = unpack(await bundleMaker(planted())());
    expect([...files.keys()]).toEqual(['README.txt', ...BUNDLE_FILES.map(({ path }) => path)]);
    const read = (path: string) => JSON.parse(files.get(path) ?? '');
    expect(read('versions.json')).toMatchObject({ b3iq: '0.1.0', node: process.versions.node, kind: 'host' });
    expect(read('configuration.json')).toMatchObject({
      listens: 'network',
      has_own_model: true,
      extra_host_names: 1,
    });
    expect(read('self-check.json')).toMatchObject({
      hardware: expect.arrayContaining([{ id: 'engine', ok: false }]),
      receipts: { whole: false, receipts: 7, batches: 3, breaks_at: 5 },
      keys_active: 3,
    });
    expect(read('health/now.json')).toMatchObject({
      engines: [{ engine: 'engine-1', model: 'model-1', state: 'ready', restarts: 2 }],
    });
    expect(read('health/week.json').series.length).toBeGreaterThan(10);
    expect(read('health/alerts.json')).toMatchObject({
      alerts: [{ kind: 'engine-failed', severity: 'critical' }],
    });
    expect((files.get('log.jsonl') ?? '').split('\n')[0]).toContain('"event":"test.marked"');
  });

  it('is made of a machine whose receipts cannot be read, too; who asks twice at once gets one', async () => {
    let walks = 0;
    const make = bundleMaker({
      ...planted(),
      verify: async () => {
        walks += 1;
        throw new Error('the disk is gone');
      },
    });
    const [one, two] = await Promise.all([make(), make()]);
    expect(one).toBe(two);
    expect(walks).toBe(1);
    expect(JSON.parse(unpack(one).get('self-check.json') ?? '').receipts).toBeNull();
  });
});
