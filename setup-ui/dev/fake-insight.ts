/** The preview's usage, added up from its fake ledger. */
import type { UsageRow } from '@b3iq/wire/local-api';
import { type Routes, sendJson } from './fake-route.ts';

export const INSIGHT_ROUTES: Routes = {
  'GET /api/usage': (machine, _body, response, _rest, query) => {
    const from = query.get('from') ?? '';
    const to = query.get('to') ?? '';
    const rows = new Map<string, UsageRow>();
    for (const receipt of machine.ledger.rows()) {
      const day = receipt.at.slice(0, 10);
      const { caller, model } = receipt;
      if (day < from || day > to) continue;
      const key = `${day} ${caller} ${model}`;
      const sum = rows.get(key);
      rows.set(key, {
        day,
        caller,
        key_name: machine.keys.find(({ id }) => id === caller)?.name ?? null,
        model,
        calls: (sum?.calls ?? 0) + 1,
        failed_calls: (sum?.failed_calls ?? 0) + (receipt.status === 'failed' ? 1 : 0),
        prompt_tokens: (sum?.prompt_tokens ?? 0) + receipt.prompt_tokens,
        completion_tokens: (sum?.completion_tokens ?? 0) + receipt.completion_tokens,
      });
    }
    const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    sendJson(response, 200, { from, to, rows: sorted });
  },
};
