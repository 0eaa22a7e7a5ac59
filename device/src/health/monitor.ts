/**
 * Looks at the machine once a minute: remembers it, judges it, tells who listens; and answers what pages and scrapers ask.
 * Separate from all that it puts together: readers, history, counts, judge. Nothing here may hold up an answer or stop
 * the agent: what fails is a value that cannot be read.
 */
import { setImmediate as othersFirst } from 'node:timers/promises';
import type { HealthAlertsAnswer, HealthAnswer, HealthHistoryAnswer } from '@b3iq/wire/local-api';
import { errorChain, type MachineKind } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import { isPlausibleTime, judgeMinute } from './alerts/judge.ts';
import { NO_ALERTS, stepAlerts, toldAlerts } from './alerts/state.ts';
import type { AlertState } from './alerts/types.ts';
import { alertAnswer, healthAnswer } from './answer.ts';
import type { EngineWatch } from './engines.ts';
import { ChartBuilder } from './history/chart.ts';
import type { History } from './history/port.ts';
import { daysLeft } from './history/trend.ts';
import { HISTORY_MINUTES, type Sample } from './history/types.ts';
import type { ReadMachine } from './machine/port.ts';
import type { MachineReading } from './machine/types.ts';
import { metricsOf } from './metrics/families.ts';
import { renderMetrics } from './metrics/text.ts';
import type { Health, HistoryQuery } from './port.ts';
import { sampleOf } from './sample.ts';
import type { Traffic } from './traffic/traffic.ts';

const MINUTE_MS = 60_000;
/** How long a reading is shared: pages and scrapers may ask as often as they like. */
const FRESH_MS = 2_000;
/** How often the line is looked at: between two minutes it may have come and gone. */
const LOOK_MS = 5_000;
/** The disk's trend is one of hours. */
const TREND_EVERY_MINUTES = 60;
/** Wall clock and monotonic clock part by more than this only when somebody sets the clock. */
const CLOCK_SET_MS = 60_000;
/** A clock behind what was written down is wrong, or was ahead before. Who has run with it for a day believes it. */
const BELIEVED_AFTER_MINUTES = 24 * 60;
/** Records gone through at once: about a millisecond, then answers under way have their turn. */
const PORTION_MINUTES = 120;

export interface MonitorDeps {
  readonly read: ReadMachine;
  readonly history: History;
  readonly traffic: Traffic;
  readonly engines: EngineWatch;
  readonly stats: () => { readonly active: number; readonly queued: number };
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly kind: MachineKind;
  /** A warning was raised or is gone. */
  readonly onAlert: () => void;
}

export class HealthMonitor implements Health {
  readonly #deps: MonitorDeps;
  readonly #startedMs: number;
  #reading: { readonly atMs: number; readonly value: Promise<MachineReading> } | undefined;
  #alerts: AlertState = NO_ALERTS;
  #daysLeft: number | undefined;
  #minutesToTrend = 0;
  #speed: { readonly tokensPerSecond: number | undefined; readonly firstTokenMs: number | undefined } = {
    tokensPerSecond: undefined,
    firstTokenMs: undefined,
  };
  /** Unix ms that has been written down before this agent started; undefined once the clock is believed instead. */
  #latestKnownMs: number | undefined;
  #minutesBehind = 0;
  /** Wall less monotonic, as of the last minute. */
  #offsetMs: number;
  /** The most since the last minute. */
  #peak = { active: 0, queued: 0 };
  #timer: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(deps: MonitorDeps) {
    this.#deps = deps;
    const { clock, history } = deps;
    this.#startedMs = clock.monotonicMs();
    this.#offsetMs = clock.now() - clock.monotonicMs();
    const newest = history.newestMinute();
    this.#latestKnownMs = newest === undefined ? undefined : newest * MINUTE_MS;
  }

  /** From now on each minute, at its beginning. */
  start(): void {
    if (this.#isClosed) return;
    this.#looking ??= setInterval(() => this.look(), LOOK_MS).unref();
    this.#timer = setTimeout(
      () => {
        this.#running = this.minute().then(() => this.start());
      },
      MINUTE_MS - (this.#deps.clock.now() % MINUTE_MS),
    );
    this.#timer.unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#looking);
    await this.#running;
    await this.#deps.history.close();
  }

  /** How many requests there are just now; the minute keeps the most. */
  look(): void {
    const { active, queued } = this.#deps.stats();
    this.#peak = {
      active: Math.max(active, this.#peak.active),
      queued: Math.max(queued, this.#peak.queued),
    };
  }

  /** One minute's work. Never rejects. */
  async minute(): Promise<void> {
    const { clock, log } = this.#deps;
    try {
      await this.#followClock();
      const machine = await this.#read();
      const nowMs = clock.now();
      await this.#remember(machine, nowMs);
      await this.#followTrend(machine, nowMs);
      this.#judge(machine, nowMs);
    } catch (error) {
      log.error('health.minute_failed', { reason: errorChain(error) });
    }
  }

  async now(): Promise<HealthAnswer> {
    const machine = await this.#read();
    const { active, queued } = this.#deps.stats();
    return healthAnswer(machine, this.#deps.clock.now(), {
      diskDaysLeft: this.#daysLeft,
      engines: this.#deps.engines.health(),
      activeRequests: active,
      queuedRequests: queued,
      ...this.#speed,
    });
  }

  async history({ hours, points }: HistoryQuery): Promise<HealthHistoryAnswer> {
    const upToMinute = Math.floor(this.#deps.clock.now() / MINUTE_MS);
    const builder = new ChartBuilder({ upToMinute, minutes: hours * 60, points });
    await this.#portions(builder.fromMinute - 1, upToMinute, (samples) => builder.add(samples));
    const { fromMinute, stepMinutes, series } = builder.chart();
    const iso = (minute: number) => new Date(minute * MINUTE_MS).toISOString();
    return { from: iso(fromMinute), to: iso(upToMinute + 1), step_s: stepMinutes * 60, series };
  }

  alerts(): HealthAlertsAnswer {
    return { alerts: toldAlerts(this.#alerts).map(alertAnswer) };
  }

  /** How many warnings stand now. */
  openAlerts(): number {
    return this.#standing().length;
  }

  #standing() {
    return toldAlerts(this.#alerts).filter(({ goneAtMs }) => goneAtMs === undefined);
  }

  async metrics(): Promise<string> {
    const { version, kind, clock, engines, traffic, stats } = this.#deps;
    const machine = await this.#read();
    const { active, queued } = stats();
    return renderMetrics(
      metricsOf({
        version,
        kind,
        uptimeS: (clock.monotonicMs() - this.#startedMs) / 1000,
        machine,
        engines: engines.health(),
        activeRequests: active,
        queuedRequests: queued,
        calls: traffic.counts(),
        alerts: this.#standing().map(({ verdict }) => verdict.kind),
      }),
    );
  }

  #read(): Promise<MachineReading> {
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#reading === undefined || nowMs - this.#reading.atMs > FRESH_MS)
      this.#reading = { atMs: nowMs, value: this.#deps.read() };
    return this.#reading.value;
  }

  /** A clock that was set while we looked on, or stands for a day, is right from now on; what was written in its future is dropped. */
  async #followClock(): Promise<void> {
    const { clock, history } = this.#deps;
    const nowMs = clock.now();
    const offsetMs = nowMs - clock.monotonicMs();
    const stepMs = offsetMs - this.#offsetMs;
    this.#offsetMs = offsetMs;
    if (nowMs < (this.#latestKnownMs ?? 0)) this.#minutesBehind += 1;
    const isSet = Math.abs(stepMs) >= CLOCK_SET_MS;
    if (!isPlausibleTime(nowMs) || !(isSet || this.#minutesBehind >= BELIEVED_AFTER_MINUTES)) return;
    this.#minutesBehind = 0;
    this.#latestKnownMs = undefined;
    await history.forgetAfter(Math.floor(nowMs / MINUTE_MS));
  }

  async #remember(machine: MachineReading, nowMs: number): Promise<void> {
    const { traffic, history } = this.#deps;
    const calls = traffic.takeMinute();
    if (calls.tokensPerSecond !== undefined || calls.firstTokenMs !== undefined)
      this.#speed = { tokensPerSecond: calls.tokensPerSecond, firstTokenMs: calls.firstTokenMs };
    this.look();
    const peak = this.#peak;
    this.#peak = { active: 0, queued: 0 };
    // A minute of 1970 would take the place of one that was.
    if (!isPlausibleTime(nowMs)) return;
    await history.append(sampleOf(Math.floor(nowMs / MINUTE_MS), machine, calls, peak));
  }

  async #followTrend({ disk }: MachineReading, nowMs: number): Promise<void> {
    if (this.#minutesToTrend-- > 0) return;
    this.#minutesToTrend = TREND_EVERY_MINUTES;
    const upToMinute = Math.floor(nowMs / MINUTE_MS);
    const samples: Pick<Sample, 'minute' | 'machine'>[] = [];
    await this.#portions(upToMinute - HISTORY_MINUTES, upToMinute, (portion) => {
      for (const { minute, machine } of portion) samples.push({ minute, machine });
    });
    this.#daysLeft = disk.freeBytes === undefined ? undefined : daysLeft(samples, disk.freeBytes);
  }

  #judge(machine: MachineReading, nowMs: number): void {
    const { engines, kind, log, onAlert } = this.#deps;
    const seen = {
      nowMs,
      latestKnownMs: this.#latestKnownMs,
      machine,
      diskDaysLeft: this.#daysLeft,
      engines: engines.observe(),
    };
    const { state, raised, gone } = stepAlerts(this.#alerts, judgeMinute(seen, kind), nowMs);
    this.#alerts = state;
    for (const { id, severity } of raised) log.warn('health.alert_raised', { alert: id, severity });
    for (const { id } of gone) log.info('health.alert_gone', { alert: id });
    if (raised.length + gone.length > 0) onAlert();
  }

  async #portions(
    afterMinute: number,
    upToMinute: number,
    take: (samples: readonly Sample[]) => void,
  ): Promise<void> {
    for (let after = afterMinute; after < upToMinute; after += PORTION_MINUTES) {
      take(this.#deps.history.between(after, Math.min(after + PORTION_MINUTES, upToMinute)));
      await othersFirst();
    }
  }
}
