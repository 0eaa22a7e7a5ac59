/**
 * A machine’s health by rule: a week with nights, a busy card and one that tells nothing. No warning stands unless a test
 * lets minutes pass. Separate so that pages and doors can be tried without a machine and without waiting a week.
 */
import { type Clock, FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { EngineWatch } from './engines.ts';
import { fakeGpu, silentGpu } from './gpu/fake.ts';
import { Ring } from './history/ring.ts';
import { HISTORY_MINUTES } from './history/types.ts';
import { fakeMachineReading } from './machine/fake.ts';
import type { MachineReading } from './machine/types.ts';
import { HealthMonitor } from './monitor.ts';
import type { Health } from './port.ts';
import { sampleOf } from './sample.ts';
import { Traffic } from './traffic/traffic.ts';

const MINUTE_MS = 60_000;
/** What the fake remembers is this far apart: a chart looks the same, and a test need not wait for ten thousand records. */
const EVERY_MINUTES = 10;

/** The monitor itself, on made-up readings; its clock is the test's. */
export function fakeHealth(clock: Clock = new FakeClock(Date.UTC(2026, 10, 22))): Health {
  const nowMinute = Math.floor(clock.now() / MINUTE_MS);
  const history = new Ring();
  for (let ago = HISTORY_MINUTES - 1; ago > 0; ago -= EVERY_MINUTES) {
    const minute = nowMinute - ago;
    const work = workAt(minute);
    const requests = Math.round(work * 12);
    history.put(
      sampleOf(
        minute,
        readingAt(work, 600 - (HISTORY_MINUTES - ago) / 400),
        {
          requests,
          failed: 0,
          promptTokens: requests * 420,
          completionTokens: requests * 260,
          tokensPerSecond: requests === 0 ? undefined : 92 - 20 * work,
          firstTokenMs: requests === 0 ? undefined : 240 + 400 * work,
        },
        { active: Math.round(work * 4), queued: work > 0.9 ? 2 : 0 },
      ),
    );
  }
  return new HealthMonitor({
    read: async () => readingAt(workAt(nowMinute), 574),
    history,
    traffic: new Traffic(),
    engines: new EngineWatch(clock),
    stats: () => ({ active: 1, queued: 0 }),
    clock,
    log: memoryLog(),
    version: '0.1.0',
    kind: 'host',
    onAlert: () => {},
  });
}

/** 0–1: much by day, little by night. */
function workAt(minute: number): number {
  const day = Math.sin(((minute % 1_440) / 1_440 - 0.25) * 2 * Math.PI);
  return Math.max(0, Math.min(1, 0.5 + 0.5 * day));
}

function readingAt(work: number, freeGb: number): MachineReading {
  const card = fakeGpu({
    busyPercent: Math.round(work * 98),
    temperatureC: 35 + 40 * work,
    hotspotC: 40 + 55 * work,
    powerW: 18 + 270 * work,
    throttled: work > 0.95 ? ['power-limit'] : [],
  });
  return fakeMachineReading({
    cpu: { temperatureC: 40 + 25 * work, criticalC: 100, loadPercent: 4 + 40 * work },
    disk: { freeBytes: freeGb * 1000 ** 3, totalBytes: 1_000 * 1000 ** 3 },
    gpus: [card, silentGpu],
  });
}
