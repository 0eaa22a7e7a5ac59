/** The preview's health: a day's curve for every reading, and a warning where a picture wants one. */
import type { HealthHistoryAnswer, HealthSeriesId } from '@b3iq/wire/local-api';
import { type Routes, sendJson } from './fake-route.ts';

/** Lowest and highest of each reading. */
const RANGES: readonly (readonly [HealthSeriesId, number, number])[] = [
  ['cpu_temperature_c', 41, 66],
  ['cpu_load_percent', 3, 42],
  ['memory_used_bytes', 5e9, 9e9],
  ['disk_free_bytes', 418e9, 421e9],
  ['requests_per_minute', 0, 12],
  ['tokens_per_second', 71, 94],
  ['first_token_ms', 210, 640],
  ['queued_requests', 0, 2],
];
const GPU_RANGES: readonly (readonly [HealthSeriesId, number, number])[] = [
  ['gpu_temperature_c', 36, 74],
  ['gpu_memory_used_bytes', 9e9, 27e9],
  ['gpu_busy_percent', 0, 97],
  ['gpu_power_w', 18, 286],
];
const POINTS = 120;
/** The machine was off for a while. */
const GAP = [52, 61] as const;

export const HEALTH_ROUTES: Routes = {
  'GET /api/health': (_machine, _body, response) =>
    sendJson(response, 200, {
      at: new Date().toISOString(),
      cpu: { temperature_c: 52, critical_c: 100, load_percent: 14 },
      memory: { used_bytes: 6.4 * 2 ** 30, total_bytes: 31.2 * 2 ** 30 },
      disk: { free_bytes: 418e9, total_bytes: 953e9, days_left: null },
      gpus: ['0000:03:00.0', '0000:04:00.0'].map((id, card) => ({
        id,
        vendor: 'amd',
        name: 'AMD Radeon AI PRO R9700',
        driver: 'amdgpu',
        memory_total_bytes: 32 * 2 ** 30,
        memory_used_bytes: (26.1 - 17 * card) * 2 ** 30,
        busy_percent: 97 - 90 * card,
        clock_mhz: 2350,
        temperature_c: 74 - 30 * card,
        hotspot_c: 88 - 30 * card,
        critical_c: 110,
        power_w: 286 - 250 * card,
        power_limit_w: 300,
        throttled: [],
      })),
      engines: [
        { engine: 'qwen3-30b', model: 'qwen3-30b', state: 'ready', restarts: 0 },
        { engine: 'b3iq-selftest', model: 'b3iq-selftest', state: 'ready', restarts: 1 },
      ],
      traffic: { active_requests: 1, queued_requests: 0, tokens_per_second: 84.2, first_token_ms: 230 },
    }),
  'GET /api/health/history': (_machine, _body, response, _rest, query) => {
    const stepS = Math.max(60, (Number(query.get('hours') ?? 24) * 3600) / POINTS);
    const now = Date.now();
    const line = (low: number, high: number, shift: number): readonly (number | null)[] =>
      Array.from({ length: POINTS }, (_, index) => {
        if (index >= GAP[0] && index < GAP[1]) return null;
        const wave = 0.5 + 0.4 * Math.sin(index / 14 + shift) + 0.1 * Math.sin(index * 1.7 + shift);
        return low + (high - low) * wave;
      });
    const series = [
      ...RANGES.map(([id, low, high], at) => ({
        id,
        gpu: null,
        mean: line(low, high, at),
        max: line(low, high, at),
      })),
      ...['0000:03:00.0', '0000:04:00.0'].flatMap((gpu, card) =>
        GPU_RANGES.map(([id, low, high]) => ({
          id,
          gpu,
          mean: line(low, high, card),
          max: line(low, high, card),
        })),
      ),
    ];
    const answer: HealthHistoryAnswer = {
      from: new Date(now - POINTS * stepS * 1000).toISOString(),
      to: new Date(now).toISOString(),
      step_s: stepS,
      series,
    };
    sendJson(response, 200, answer);
  },
  'GET /api/health/alerts': (machine, _body, response) => sendJson(response, 200, { alerts: machine.alerts }),
};
