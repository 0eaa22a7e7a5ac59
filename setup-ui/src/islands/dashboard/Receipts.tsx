/** The ledger, newest first: what this machine did, provable line by line. */
import type { ReceiptSummary, StatusAnswer, VerifyAnswer } from '@b3iq/wire/local-api';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Failure } from '../../api/call.ts';
import { readReceipts, setLedgerAside, verifyLedger } from '../../api/owner.ts';
import { leaveForSignIn } from '../../flow/use-status.ts';
import { Icon } from '../../parts/Icon.tsx';
import { FailureNote, Note } from '../../parts/Note.tsx';
import { ViewHead } from '../../parts/ViewHead.tsx';
import { receipts as text } from '../../strings/en.json';
import { fill, formatNumber, plural } from '../../text.ts';
import { ReceiptTable } from './ReceiptTable.tsx';

const PAGE = 50;

interface ReceiptsProps {
  readonly status: StatusAnswer;
}

interface Page {
  readonly rows: readonly ReceiptSummary[];
  readonly total: number;
  readonly nextBefore: number | null;
  readonly isDamaged: boolean;
}

export function Receipts({ status }: ReceiptsProps) {
  const [page, setPage] = useState<Page>();
  const [failure, setFailure] = useState<Failure>();
  const [verdict, setVerdict] = useState<VerifyAnswer>();
  const [keptAs, setKeptAs] = useState<string>();
  const [isVerifying, setVerifying] = useState(false);
  const rows = useRef<readonly ReceiptSummary[]>([]);

  const load = useCallback(async (before?: number) => {
    const answer = await readReceipts(PAGE, before);
    if (answer.kind !== 'ok') {
      if (answer.kind === 'problem' && answer.status === 401) leaveForSignIn();
      else setFailure(answer);
      return;
    }
    const { receipts, total, next_before, damaged } = answer.value;
    setFailure(undefined);
    const kept = before === undefined ? [] : rows.current;
    rows.current = [...kept, ...receipts];
    setPage({ rows: rows.current, total, nextBefore: next_before, isDamaged: damaged });
  }, []);
  // New receipts come in at the top, but not while somebody reads further down.
  useEffect(() => {
    if (rows.current.length <= PAGE) void load();
  }, [load, status.receipts_total]);

  const verify = async (): Promise<void> => {
    if (isVerifying) return;
    setVerifying(true);
    setVerdict(undefined);
    const answer = await verifyLedger();
    setVerifying(false);
    if (answer.kind === 'ok') setVerdict(answer.value);
    else setFailure(answer);
  };
  const setAside = async (): Promise<void> => {
    const answer = await setLedgerAside();
    setVerdict(undefined);
    if (answer.kind !== 'ok') return setFailure(answer);
    setKeptAs(answer.value.kept_as);
    await load();
  };
  const isDamaged =
    page?.isDamaged === true || (failure?.kind === 'problem' && failure.code === 'ledger_damaged');
  const hasRows = page !== undefined && page.rows.length > 0;
  return (
    <>
      <ViewHead title={text.heading} lead={text.lead}>
        {hasRows && (
          <button type="button" class="btn quiet" aria-disabled={isVerifying} onClick={() => void verify()}>
            {isVerifying ? <span class="spinner" aria-hidden="true" /> : <Icon name="shield" />}
            {isVerifying ? text.verifying_all : text.verify_all}
          </button>
        )}
      </ViewHead>
      {verdict !== undefined && <Verdict verdict={verdict} />}
      {failure !== undefined && !isDamaged && <FailureNote failure={failure} />}
      {isDamaged && (
        <Note tone="bad" title={text.damaged_title} isNews>
          {text.damaged_body}
          <div class="form-actions">
            <button type="button" class="btn small" onClick={() => void setAside()}>
              {text.damaged_action}
            </button>
          </div>
        </Note>
      )}
      {keptAs !== undefined && !isDamaged && (
        <Note tone="ok" title={text.aside_title} isNews>
          {fill(text.aside_body, { file: keptAs })}
        </Note>
      )}
      {page === undefined && failure === undefined && <p class="small">{text.loading}</p>}
      {page !== undefined && !hasRows && (
        <section class="card empty">
          <Icon name="receipts" size={32} />
          <h2>{text.empty_title}</h2>
          <p>{text.empty_body}</p>
          <a class="btn" href="#/playground">
            {text.empty_action}
          </a>
        </section>
      )}
      {hasRows && (
        <>
          <ReceiptTable rows={page.rows} />
          <div class="row after-table">
            <span class="small num">
              {page.total === 1
                ? text.count_one
                : fill(text.count_other, {
                    shown: formatNumber(page.rows.length),
                    count: formatNumber(page.total),
                  })}
            </span>
            {page.nextBefore !== null && (
              <button
                type="button"
                class="btn small quiet"
                onClick={() => void load(page.nextBefore ?? undefined)}
              >
                {text.more}
              </button>
            )}
          </div>
        </>
      )}
    </>
  );
}

function Verdict({ verdict }: { readonly verdict: VerifyAnswer }) {
  if (verdict.ok)
    return (
      <Note tone="ok" title={text.all_ok_title} isNews>
        {fill(text.all_ok_body, {
          receipts: plural(verdict.receipts, text.all_ok_receipts_one, text.all_ok_receipts_other),
          batches: plural(verdict.batches, text.all_ok_batches_one, text.all_ok_batches_other),
        })}
      </Note>
    );
  const broken = verdict.first_break;
  return (
    <Note
      tone="bad"
      title={
        broken === null ? text.all_bad_unknown : fill(text.all_bad_title, { seq: formatNumber(broken.seq) })
      }
      isNews
    >
      {broken !== null && fill(text.all_bad_body, { reason: broken.reason })}
    </Note>
  );
}
