/** Usage as rows on a desk and as cards on a phone. */
import { useState } from 'preact/hooks';
import { tameName } from '../../flow/parse.ts';
import type { UsageLine } from '../../flow/usage.ts';
import { receipts, usage as text } from '../../strings/en.json';
import { fill, formatDay, formatNumber } from '../../text.ts';

/** Lines drawn at once; a year by day of many keys is thousands. */
const PAGE = 100;

/** `owner` is the person reading; a key that is forgotten has only its id. */
export function nameOf(caller: string, keyName: string | null): string {
  return caller === 'owner' ? receipts.owner : tameName(keyName ?? caller, 64);
}

interface UsageTableProps {
  readonly lines: readonly UsageLine[];
  readonly isByDay: boolean;
}

export function UsageTable({ lines, isByDay }: UsageTableProps) {
  const [limit, setLimit] = useState(PAGE);
  return (
    <>
      <div class="card table-card">
        <table class="cards usage">
          <caption class="sr-only">{isByDay ? text.table_day : text.table_key}</caption>
          <thead>
            <tr>
              {isByDay && <th scope="col">{text.col_day}</th>}
              <th scope="col">{text.key}</th>
              <th scope="col">{text.model}</th>
              <th scope="col" class="right">
                {text.col_calls}
              </th>
              <th scope="col" class="right">
                {text.col_failed}
              </th>
              <th scope="col" class="right">
                {text.col_prompt}
              </th>
              <th scope="col" class="right">
                {text.col_completion}
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.slice(0, limit).map((line) => (
              <tr key={line.key}>
                {isByDay && <td class="num">{formatDay(line.day ?? '')}</td>}
                <td data-label={isByDay ? text.key : undefined}>
                  <b>
                    <bdi>{nameOf(line.caller, line.keyName)}</bdi>
                  </b>
                </td>
                <td data-label={text.model}>
                  <bdi>{tameName(line.model)}</bdi>
                </td>
                <Count label={text.col_calls} value={line.calls} />
                <Count label={text.col_failed} value={line.failed} />
                <Count label={text.col_prompt} value={line.promptTokens} />
                <Count label={text.col_completion} value={line.completionTokens} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {lines.length > limit && (
        <div class="row after-table">
          <span class="small num">
            {fill(text.shown, { shown: formatNumber(limit), count: formatNumber(lines.length) })}
          </span>
          <button type="button" class="btn small quiet" onClick={() => setLimit(limit + PAGE)}>
            {text.more}
          </button>
        </div>
      )}
    </>
  );
}

function Count({ label, value }: { readonly label: string; readonly value: number }) {
  return (
    <td data-label={label} class="num right">
      {formatNumber(value)}
    </td>
  );
}
