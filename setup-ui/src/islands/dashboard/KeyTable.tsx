/** Keys as rows on a desk and as cards on a phone, limits in plain words. */
import type { LocalKey } from '@b3iq/wire/local-api';
import { lifeOf } from '../../flow/key-form.ts';
import { tameName } from '../../flow/parse.ts';
import { keys as text } from '../../strings/en.json';
import { fill, formatAge, formatDay, formatNumber, plural } from '../../text.ts';
import { ageS } from './Tiles.tsx';

interface KeyTableProps {
  readonly keys: readonly LocalKey[];
  readonly nowMs: number;
  readonly onEdit: (key: LocalKey) => void;
  readonly onRevoke: (key: LocalKey) => void;
}

export function KeyTable({ keys, nowMs, onEdit, onRevoke }: KeyTableProps) {
  return (
    <div class="card table-card">
      <table class="cards">
        <caption class="sr-only">{text.table}</caption>
        <thead>
          <tr>
            <th scope="col">{text.col_name}</th>
            <th scope="col">{text.col_limits}</th>
            <th scope="col">{text.col_use}</th>
            <th scope="col">{text.col_last}</th>
            <th scope="col">{text.col_state}</th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => {
            const life = lifeOf(key, nowMs);
            return (
              <tr key={key.id} class={life === 'active' ? '' : 'is-off'}>
                <td>
                  <div>
                    <b>
                      <bdi>{tameName(key.name, 64)}</bdi>
                    </b>
                    <div class="hint mono">{key.hint}</div>
                  </div>
                </td>
                <td data-label={text.col_limits}>
                  <span>{limitsOf(key)}</span>
                </td>
                <td data-label={text.col_use} class="num">
                  {plural(key.tokens_today, text.tokens_today_one, text.tokens_today_other)}
                </td>
                <td data-label={text.col_last} class="num">
                  {key.last_used_at === null
                    ? text.never_used
                    : fill(text.ago, { age: formatAge(ageS(key.last_used_at)) })}
                </td>
                <td>
                  <div class="row-actions">
                    {life !== 'active' && <span class="tag">{text[life]}</span>}
                    {life !== 'revoked' && (
                      <button
                        type="button"
                        class="btn plain"
                        aria-label={fill(text.edit_named, { name: tameName(key.name) })}
                        onClick={() => onEdit(key)}
                      >
                        {text.edit}
                      </button>
                    )}
                    {life === 'active' && (
                      <button
                        type="button"
                        class="btn plain bad"
                        aria-label={fill(text.revoke_named, { name: tameName(key.name) })}
                        onClick={() => onRevoke(key)}
                      >
                        {text.revoke}
                      </button>
                    )}
                  </div>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** A key's limits as one line of words. */
function limitsOf(key: LocalKey): string {
  const counted = (sentence: string, count: number | null): string | undefined =>
    count === null ? undefined : fill(sentence, { count: formatNumber(count) });
  const parts = [
    key.scopes.includes('metrics')
      ? key.scopes.includes('inference')
        ? text.limit_metrics
        : text.limit_metrics_only
      : undefined,
    counted(text.limit_rpm, key.requests_per_minute),
    counted(text.limit_tpd, key.tokens_per_day),
    counted(text.limit_concurrency, key.concurrency),
    key.priority === 'normal' ? undefined : text[`limit_${key.priority}`],
    key.models === null
      ? undefined
      : fill(text.limit_models, { models: key.models.map((model) => tameName(model)).join(', ') }),
    key.expires_at === null ? undefined : fill(text.limit_expires, { date: formatDay(key.expires_at) }),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? text.no_limits : parts.join(' · ');
}
