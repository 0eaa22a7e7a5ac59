/** The preview's usage, added up from its fake ledger, and its support, which hands out nothing. */
import type { BundleContentsAnswer, UsageRow } from '@b3iq/wire/local-api';
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

const CONTENTS: BundleContentsAnswer = {
  files: [
    {
      path: 'versions.json',
      holds:
        'Versions of B3IQ, its runtime and the operating system, how long it has run, and this machine’s id.',
    },
    {
      path: 'inventory.json',
      holds: 'Processor, memory, disk size and graphics cards, as their makers call them.',
    },
    {
      path: 'configuration.json',
      holds: 'Limits and switches: numbers, yes and no. No address, name, path or key.',
    },
    { path: 'health/week.json', holds: 'Readings over seven days, as the health charts show them.' },
    { path: 'log.jsonl', holds: 'The last 500 events of the log with their numbers. No text of a message.' },
  ],
  never: [
    'Prompts and answers',
    'Keys, passwords, tokens and codes, or their hashes',
    'Addresses and file paths',
  ],
};

export const SUPPORT_ROUTES: Routes = {
  'GET /api/support/contents': (_machine, _body, response) => sendJson(response, 200, CONTENTS),
  'GET /api/support/grants': (machine, _body, response) =>
    sendJson(response, 200, { grants: machine.grants }),
  'POST /api/support/grants': (machine, body, response) => {
    const grant = machine.addGrant(String(body.name), Number(body.expires_in_s));
    sendJson(response, 201, { grant, token: `b3iq_support_${'Ab3d'.repeat(12)}x`, document: {} });
  },
  'DELETE /api/support/grants/': (machine, _body, response, id) => {
    const at = new Date().toISOString();
    machine.grants = machine.grants.map((grant) =>
      grant.id === id ? { ...grant, state: 'revoked', revoked_at: at } : grant,
    );
    sendJson(
      response,
      200,
      machine.grants.find((grant) => grant.id === id),
    );
  },
};
