/** What the machine measures of itself: warnings first, then a chart for each reading. */
import type { HealthAlert, HealthHistoryAnswer, HealthSeries, HealthSeriesId } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../../api/call.ts';
import { readAlerts, readHistory } from '../../api/insight.ts';
import { chartOf } from '../../flow/chart.ts';
import { countsLine } from '../../flow/leaving.ts';
import { tameName } from '../../flow/parse.ts';
import { leaveForSignIn } from '../../flow/use-status.ts';
import { FailureNote, Note } from '../../parts/Note.tsx';
import { Select } from '../../parts/Select.tsx';
import { ViewHead } from '../../parts/ViewHead.tsx';
import { health as text } from '../../strings/en.json';
import { fill, formatAge, formatBytes, formatNumber } from '../../text.ts';
import { ageS } from '../dashboard/Tiles.tsx';
import { Now } from './Now.tsx';

const PERIODS = ['1', '24', '168'] as const;
type Period = (typeof PERIODS)[number];
/** Between two looks; a record is a minute. */
const EVERY_MS = 60_000;
const WIDTH = 300;
const HEIGHT = 60;

const degrees = (value: number): string => `${formatNumber(value)} °C`;
const percent = (value: number): string => `${formatNumber(value)} %`;
/** In the order shown, each with its unit. */
const CHARTS: readonly (readonly [HealthSeriesId, (value: number) => string])[] = [
  ['gpu_temperature_c', degrees],
  ['gpu_memory_used_bytes', formatBytes],
  ['gpu_busy_percent', percent],
  ['gpu_power_w', (value) => `${formatNumber(value)} W`],
  ['tokens_per_second', (value) => `${formatNumber(value)} tokens/s`],
  ['first_token_ms', (value) => `${formatNumber(value)} ms`],
  ['requests_per_minute', (value) => `${value.toFixed(1)} / min`],
  ['queued_requests', formatNumber],
  ['cpu_temperature_c', degrees],
  ['cpu_load_percent', percent],
  ['memory_used_bytes', formatBytes],
  ['disk_free_bytes', formatBytes],
];

export function HealthView({ countsTo }: { readonly countsTo: string | null }) {
  const [period, setPeriod] = useState<Period>('24');
  const [history, setHistory] = useState<HealthHistoryAnswer>();
  const [alerts, setAlerts] = useState<readonly HealthAlert[]>();
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    let isOver = false;
    const look = async (): Promise<void> => {
      const [chart, warnings] = await Promise.all([readHistory(Number(period)), readAlerts()]);
      if (isOver) return;
      if (chart.kind === 'ok') setHistory(chart.value);
      if (warnings.kind === 'ok') setAlerts(warnings.value.alerts);
      const failed = [chart, warnings].find((answer) => answer.kind !== 'ok');
      if (failed?.kind === 'problem' && failed.status === 401) leaveForSignIn();
      setFailure(failed);
    };
    void look();
    const timer = window.setInterval(() => void look(), EVERY_MS);
    return () => {
      isOver = true;
      window.clearInterval(timer);
    };
  }, [period]);
  const lead = countsTo === null ? text.lead : `${text.lead} ${countsLine(countsTo)}`;
  const measured = history?.series.filter(({ mean }) => mean.some((value) => value !== null)) ?? [];
  const cards = [...new Set(history?.series.flatMap(({ gpu }) => gpu ?? []))];
  return (
    <>
      <ViewHead title={text.heading} lead={lead} />
      {failure !== undefined && <FailureNote failure={failure} />}
      {alerts?.map((alert) => (
        <Alert key={alert.id} alert={alert} />
      ))}
      {alerts?.length === 0 && <Note tone="ok" title={text.no_alerts} />}
      <Now />
      <h2 class="section">{text.over_time}</h2>
      <div class="filters">
        <Select
          label={text.period}
          value={period}
          options={PERIODS.map((each) => [each, text[`period_${each}`]] as const)}
          onValue={setPeriod}
        />
      </div>
      {history === undefined && failure === undefined && <p class="small">{text.loading}</p>}
      {history !== undefined && measured.length === 0 && <Note tone="info" title={text.none} />}
      {measured.length > 0 && (
        <div class="charts">
          {CHARTS.flatMap(([id, format]) =>
            measured
              .filter((series) => series.id === id)
              .map((series) => (
                <ChartCard
                  key={`${id} ${series.gpu}`}
                  series={series}
                  format={format}
                  // One card needs no number.
                  card={cards.length > 1 && series.gpu !== null ? cards.indexOf(series.gpu) + 1 : undefined}
                />
              )),
          )}
        </div>
      )}
    </>
  );
}

interface ChartCardProps {
  readonly series: HealthSeries;
  readonly format: (value: number) => string;
  readonly card: number | undefined;
}

function ChartCard({ series, format, card }: ChartCardProps) {
  const chart = chartOf(series.mean, WIDTH, HEIGHT);
  if (chart?.latest === undefined) return null;
  const name =
    card === undefined ? text[series.id] : fill(text.card, { name: text[series.id], number: card });
  // The highest single reading; the line is the mean of each step.
  const most = format(Math.max(chart.high, ...series.max.filter((value) => value !== null)));
  return (
    <section class="card tile">
      <h2>{name}</h2>
      <p class="value">{format(chart.latest)}</p>
      <svg
        class="chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={fill(text.chart, { name, latest: format(chart.latest), most })}
      >
        <path d={chart.path} />
      </svg>
      <p class="under">{fill(text.most, { most })}</p>
    </section>
  );
}

function Alert({ alert }: { readonly alert: HealthAlert }) {
  const isOver = alert.gone_at !== null;
  return (
    <Note
      tone={isOver ? 'info' : alert.severity === 'critical' ? 'bad' : 'warn'}
      title={<bdi>{tameName(alert.title, 200)}</bdi>}
    >
      <bdi>{tameName(alert.meaning, 400)}</bdi> {!isOver && <bdi>{tameName(alert.action, 400)}</bdi>}{' '}
      <small>
        {fill(isOver ? text.gone : text.since, { age: formatAge(ageS(alert.gone_at ?? alert.raised_at)) })}
      </small>
    </Note>
  );
}
