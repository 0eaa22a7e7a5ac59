/** Receipts as rows on a desk and as cards on a phone; each opens its proof. */
import type { ReceiptSummary } from '@b3iq/wire/local-api';
import { tameName } from '../../flow/parse.ts';
import { callerOf, formatTime, receiptPath, STATUS_TONES } from '../../parts/receipt-words.ts';
import { receipts as text } from '../../strings/en.json';
import { fill, formatDuration, formatNumber } from '../../text.ts';

export function ReceiptTable({ rows }: { readonly rows: readonly ReceiptSummary[] }) {
  return (
    <div class="card table-card">
      <table class="cards ledger">
        <caption class="sr-only">{text.table}</caption>
        <thead>
          <tr>
            <th scope="col">{text.col_seq}</th>
            <th scope="col">{text.col_at}</th>
            <th scope="col">{text.col_caller}</th>
            <th scope="col">{text.col_model}</th>
            <th scope="col">{text.col_tokens}</th>
            <th scope="col">{text.col_duration}</th>
            <th scope="col">{text.col_status}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <a
                  class="row-link"
                  href={receiptPath(row.id)}
                  aria-label={fill(text.open, {
                    seq: formatNumber(row.seq),
                    status: text[`status_${row.status}`],
                  })}
                >
                  {formatNumber(row.seq)}
                </a>
              </td>
              <td data-label={text.col_at} class="num">
                {formatTime(row.at)}
              </td>
              <td data-label={text.col_caller}>{callerOf(row.caller)}</td>
              <td data-label={text.col_model}>
                <bdi>{tameName(row.model)}</bdi>
              </td>
              <td data-label={text.col_tokens} class="num">
                <span aria-hidden="true">{tokens(text.tokens, row)}</span>
                <span class="sr-only">{tokens(text.tokens_spoken, row)}</span>
              </td>
              <td data-label={text.col_duration} class="num">
                {formatDuration(row.duration_ms / 1000)}
              </td>
              <td data-label={text.col_status}>
                <span class={`tag ${STATUS_TONES[row.status]}`}>{text[`status_${row.status}`]}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function tokens(sentence: string, row: ReceiptSummary): string {
  return fill(sentence, {
    prompt: formatNumber(row.prompt_tokens),
    completion: formatNumber(row.completion_tokens),
  });
}
