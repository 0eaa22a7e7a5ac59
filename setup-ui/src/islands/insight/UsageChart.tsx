/** Tokens of each day as bars. The numbers stand in the table too, so the picture needs one sentence. */
import { tokensOf, type UsageDay } from '../../flow/usage.ts';
import { usage as text } from '../../strings/en.json';
import { fill, formatDay, formatNumber } from '../../text.ts';

const HEIGHT = 120;
/** Room of one day in the drawing; the bar takes four fifths. */
const STEP = 10;

export function UsageChart({ days }: { readonly days: readonly UsageDay[] }) {
  const most = days.reduce((best, day) => (tokensOf(day) > tokensOf(best) ? day : best), days[0] ?? NO_DAY);
  const top = Math.max(1, tokensOf(most));
  return (
    <div class="bars">
      <p class="scale num" aria-hidden="true">
        {formatNumber(tokensOf(most))}
      </p>
      <svg
        viewBox={`0 0 ${days.length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={fill(text.chart, {
          count: days.length,
          most: formatNumber(tokensOf(most)),
          day: formatDay(most.day),
        })}
      >
        {days.map((day, index) => {
          const height = tokensOf(day) === 0 ? 0 : Math.max(1.5, (tokensOf(day) / top) * HEIGHT);
          return (
            <rect key={day.day} x={index * STEP + 1} y={HEIGHT - height} width={STEP - 2} height={height}>
              <title>{fill(text.bar, { day: formatDay(day.day), count: formatNumber(tokensOf(day)) })}</title>
            </rect>
          );
        })}
      </svg>
      <p class="ends small num" aria-hidden="true">
        <span>{formatDay(days[0]?.day ?? '')}</span>
        <span>{formatDay(days.at(-1)?.day ?? '')}</span>
      </p>
    </div>
  );
}

const NO_DAY: UsageDay = { day: '', calls: 0, failed: 0, promptTokens: 0, completionTokens: 0 };
