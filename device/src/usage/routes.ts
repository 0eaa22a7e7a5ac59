/** `GET /api/usage` for the owner, as JSON or CSV. Separate from the ledger, which knows neither HTTP nor the names of keys. */
import type { LocalKey, UsageAnswer } from '@b3iq/wire/local-api';
import { z } from 'zod';
import { CodedError } from '../errors.ts';
import type { Handlers } from '../http/handlers.ts';
import type { Clock } from '../os/clock.ts';
import type { Ledger } from '../receipts/port.ts';
import { usageCsv } from './csv.ts';
import { formatDay, parseSpan, spanMs } from './span.ts';

export interface UsageDeps {
  readonly ledger: Pick<Ledger, 'usageByDay'>;
  /** Every key that is remembered, revoked ones included. */
  readonly keys: () => readonly Pick<LocalKey, 'id' | 'name'>[];
  readonly clock: Clock;
}

const format = z.enum(['json', 'csv']).optional();

export function usageRoutes({ ledger, keys, clock }: UsageDeps): Handlers<'GET /api/usage'> {
  return {
    async 'GET /api/usage'(request, response) {
      const asked = format.safeParse(request.query.format);
      if (!asked.success) throw new CodedError('invalid_request', 'Expected `format` as `json` or `csv`.');
      const span = parseSpan(request.query, clock.now());
      const names = new Map(keys().map(({ id, name }) => [id, name]));
      const counts = await ledger.usageByDay(spanMs(span));
      const answer: UsageAnswer = {
        from: formatDay(span.firstDay),
        to: formatDay(span.lastDay),
        rows: counts.map(({ day, caller, model, calls, failed, promptTokens, completionTokens }) => ({
          day: formatDay(day),
          caller,
          key_name: names.get(caller) ?? null,
          model,
          calls,
          failed_calls: failed,
          prompt_tokens: promptTokens,
          completion_tokens: completionTokens,
        })),
      };
      // A link in a page can name a format, but not a header.
      if ((asked.data ?? request.accepts(['json', 'csv'])) !== 'csv') {
        response.json(answer);
        return;
      }
      response
        .attachment(`b3iq-usage-${answer.from}-to-${answer.to}.csv`)
        .set('content-type', 'text/csv; charset=utf-8; header=present')
        .end(usageCsv(answer.rows));
    },
  };
}
