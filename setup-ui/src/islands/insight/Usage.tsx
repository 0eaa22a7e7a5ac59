/** Who used what, and when: by key, model and day, from the receipts. */
import type { StatusAnswer, UsageAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../../api/call.ts';
import { readUsage, usageCsvPath } from '../../api/insight.ts';
import { tameName } from '../../flow/parse.ts';
import { filterUsage, sumUsage, tokensOf, usageByDay, usageLines } from '../../flow/usage.ts';
import { leaveForSignIn } from '../../flow/use-status.ts';
import { Icon } from '../../parts/Icon.tsx';
import { FailureNote } from '../../parts/Note.tsx';
import { Select } from '../../parts/Select.tsx';
import { ViewHead } from '../../parts/ViewHead.tsx';
import { usage as text } from '../../strings/en.json';
import { fill, formatDay, formatNumber, plural } from '../../text.ts';
import { UsageChart } from './UsageChart.tsx';
import { nameOf, UsageTable } from './UsageTable.tsx';

const PERIODS = ['7', '30', '90', '365'] as const;
type Period = (typeof PERIODS)[number];
/** Stands for no choice in a list. */
const ALL = '';

export function Usage({ status }: { readonly status: StatusAnswer }) {
  const [period, setPeriod] = useState<Period>('30');
  const [answer, setAnswer] = useState<UsageAnswer>();
  const [failure, setFailure] = useState<Failure>();
  const [caller, setCaller] = useState(ALL);
  const [model, setModel] = useState(ALL);
  const [isByDay, setByDay] = useState(false);
  const { from, to } = spanOf(Number(period));
  useEffect(() => {
    let isOver = false;
    void readUsage(from, to).then((heard) => {
      if (isOver) return;
      if (heard.kind === 'ok') {
        setAnswer(heard.value);
        setFailure(undefined);
      } else if (heard.kind === 'problem' && heard.status === 401) leaveForSignIn();
      else setFailure(heard);
    });
    return () => {
      isOver = true;
    };
    // A receipt more means that something was used.
  }, [from, to, status.receipts_total]);

  const rows = answer?.rows ?? [];
  const names = new Map(rows.map((row) => [row.caller, nameOf(row.caller, row.key_name)]));
  const models = [...new Set(rows.map((row) => row.model))].sort();
  const shown = filterUsage(rows, { caller: caller || undefined, model: model || undefined });
  const sum = sumUsage(shown);
  return (
    <>
      <ViewHead title={text.heading} lead={text.lead}>
        {rows.length > 0 && (
          <a class="btn quiet" href={usageCsvPath(from, to)} download>
            <Icon name="download" />
            {text.csv}
          </a>
        )}
      </ViewHead>
      {failure !== undefined && <FailureNote failure={failure} />}
      <div class="filters">
        <Select
          label={text.period}
          value={period}
          options={PERIODS.map((each) => [each, text[`period_${each}`]])}
          onValue={setPeriod}
        />
        {names.size > 1 && (
          <Select
            label={text.key}
            value={caller}
            options={[[ALL, text.all_keys], ...names]}
            onValue={setCaller}
          />
        )}
        {models.length > 1 && (
          <Select
            label={text.model}
            value={model}
            options={[[ALL, text.all_models], ...models.map((each) => [each, tameName(each)] as const)]}
            onValue={setModel}
          />
        )}
      </div>
      {answer === undefined && failure === undefined && <p class="small">{text.loading}</p>}
      {answer !== undefined && rows.length === 0 && <Nothing isNew={status.receipts_total === 0} />}
      {answer !== undefined && rows.length > 0 && (
        <>
          <section class="card panel usage-chart">
            <h2>{text.tokens_used}</h2>
            <p class="value">
              {formatNumber(tokensOf(sum))} <small>{text.tokens}</small>
            </p>
            <UsageChart days={usageByDay(answer, shown)} />
            <p class="under">
              {fill(text.sum, {
                calls: plural(sum.calls, text.calls_one, text.calls_other),
                failed:
                  sum.failed === 0
                    ? text.failed_none
                    : plural(sum.failed, text.failed_one, text.failed_other),
                from: formatDay(answer.from),
                to: formatDay(answer.to),
              })}
            </p>
          </section>
          <div class="row after-table">
            <fieldset class="switch">
              <legend class="sr-only">{text.by}</legend>
              {[false, true].map((each) => (
                <button
                  key={String(each)}
                  type="button"
                  class="btn small quiet"
                  aria-pressed={isByDay === each}
                  onClick={() => setByDay(each)}
                >
                  {each ? text.by_day : text.by_key}
                </button>
              ))}
            </fieldset>
          </div>
          <UsageTable lines={usageLines(shown, isByDay)} isByDay={isByDay} />
        </>
      )}
    </>
  );
}

function Nothing({ isNew }: { readonly isNew: boolean }) {
  return (
    <section class="card empty">
      <Icon name="usage" size={32} />
      <h2>{isNew ? text.empty_title : text.none_title}</h2>
      <p>{isNew ? text.empty_body : text.none_body}</p>
      {isNew && (
        <a class="btn" href="/#/keys">
          {text.empty_action}
        </a>
      )}
    </section>
  );
}

/** The last `days` UTC days, today included; UTC as the ledger counts. */
function spanOf(days: number): { readonly from: string; readonly to: string } {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  return { from: day(Date.now() - (days - 1) * 86_400_000), to: day(Date.now()) };
}
