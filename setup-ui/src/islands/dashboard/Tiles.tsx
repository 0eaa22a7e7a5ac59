/** The overview's four numbers, each with its unit and something to compare it with. */
import type { StatusAnswer } from '@b3iq/wire/local-api';
import { percentOf, plotLine } from '../../flow/plot.ts';
import { overview as text } from '../../strings/en.json';
import { fill, formatAge, formatBytes, formatNumber, formatSpeed, plural } from '../../text.ts';

export function Tiles({ status }: { readonly status: StatusAnswer }) {
  return (
    <div class="grid">
      <SpeedTile speeds={status.recent_speeds} />
      <MemoryTile used={status.memory_used_bytes} total={status.memory_total_bytes} />
      <section class="card tile">
        <h2>{text.requests}</h2>
        <p class="value">
          {formatNumber(status.active_requests)} <small>{text.requests_active}</small>
        </p>
        <p class="under">
          {status.queued_requests === 0
            ? text.requests_note_none
            : plural(status.queued_requests, text.requests_note_one, text.requests_note_other)}
        </p>
      </section>
      <section class="card tile">
        <h2>{text.answers}</h2>
        <p class="value">{formatNumber(status.receipts_total)}</p>
        <p class="under">
          {status.last_receipt_at === null
            ? text.answers_note_none
            : fill(text.answers_note, { age: formatAge(ageS(status.last_receipt_at)) })}
        </p>
      </section>
    </div>
  );
}

function SpeedTile({ speeds }: { readonly speeds: readonly number[] }) {
  const plot = plotLine(speeds, 260, 44);
  const latest = speeds.at(-1);
  const range = plot && { count: speeds.length, low: formatSpeed(plot.low), high: formatSpeed(plot.high) };
  return (
    <section class="card tile broad">
      <h2>{text.speed}</h2>
      <p class="value">
        {latest === undefined ? '–' : formatSpeed(latest)} <small>{text.speed_unit}</small>
      </p>
      {plot !== undefined && range !== undefined && (
        <svg
          class="spark"
          viewBox="0 0 260 44"
          preserveAspectRatio="none"
          role="img"
          aria-label={fill(text.chart, range)}
        >
          <path class="area" d={plot.area} />
          <path class="curve" d={plot.curve} />
        </svg>
      )}
      <p class="under">
        {latest === undefined ? text.speed_none : range !== undefined ? fill(text.speed_note, range) : ''}
      </p>
    </section>
  );
}

function MemoryTile({ used, total }: { readonly used: number; readonly total: number }) {
  return (
    <section class="card tile broad">
      <h2>{text.memory}</h2>
      <p class="value">
        {formatBytes(used)} <small>{fill(text.memory_of, { total: formatBytes(total) })}</small>
      </p>
      <svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="all" width="100" height="8" rx="1.5" />
        <rect class="used" width={percentOf(used, total)} height="8" rx="1.5" />
      </svg>
      <p class="under">{fill(text.memory_note, { free: formatBytes(Math.max(0, total - used)) })}</p>
    </section>
  );
}

/** Seconds since an RFC 3339 time by this device's clock; never negative. */
export function ageS(at: string): number {
  return Math.max(0, (Date.now() - Date.parse(at)) / 1000);
}
