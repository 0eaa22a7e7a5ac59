/** A model's speed over time: a line, its bounds and its dates. */
import type { BenchmarkResult } from '@b3iq/wire/local-api';
import { plotLine } from '../../flow/plot.ts';
import { benchmark as text } from '../../strings/en.json';
import { fill, formatDay, formatSpeed } from '../../text.ts';

const WIDTH = 640;
const HEIGHT = 140;

/** @param history  oldest first, at least two */
export function History({ history }: { readonly history: readonly BenchmarkResult[] }) {
  const plot = plotLine(
    history.map((run) => run.decode_tokens_per_second),
    WIDTH,
    HEIGHT,
  );
  const [first, last] = [history.at(0), history.at(-1)];
  if (plot === undefined || first === undefined || last === undefined) return null;
  const facts = {
    count: history.length,
    from: formatDay(first.at),
    to: formatDay(last.at),
    low: formatSpeed(plot.low),
    high: formatSpeed(plot.high),
  };
  return (
    <figure class="over-time">
      <figcaption>
        <h3>{text.over_time}</h3>
        <span class="small num">{fill(text.over_time_facts, facts)}</span>
      </figcaption>
      <div class="plot">
        <span class="top small num" aria-hidden="true">
          {facts.high}
        </span>
        <span class="zero small num" aria-hidden="true">
          0
        </span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={fill(text.chart, facts)}
        >
          <path class="area" d={plot.area} />
          <path class="curve" d={plot.curve} />
        </svg>
      </div>
      <p class="dates small num" aria-hidden="true">
        <span>{facts.from}</span>
        <span>{facts.to}</span>
      </p>
    </figure>
  );
}
