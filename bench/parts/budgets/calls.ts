/** One call of a trial as its client sees it, and the receipts of a ledger. Separate: trials and kills share both. */
import { request } from 'node:http';
import { join } from 'node:path';
import { startOfUtcDay } from '@b3iq/device/src/keys/budget.ts';
import { systemClock as clock } from '@b3iq/device/src/os/clock.ts';
import { memoryLog } from '@b3iq/device/src/os/log.ts';
import type { Ledger } from '@b3iq/device/src/receipts/port.ts';
import { openSqliteLedger } from '@b3iq/device/src/receipts/sqlite-ledger.ts';
import type { BenchMachine } from '../../harness/identity.ts';
import { identityOf } from '../../harness/identity.ts';

export interface Outcome {
  /** 0 when no answer began. */
  readonly status: number;
  /** The id in the answer's header. */
  readonly receipt: string | undefined;
  /** Read to its end: JSON that parses, or a stream that said it was done. */
  readonly isWhole: boolean;
}

/** When a client leaves: `never`, as soon as it has asked, or at the first byte of the answer. */
export type Patience = 'never' | 'at-once' | 'at-first-byte';

/** Never rejects: whatever goes wrong is an outcome. */
export function call(origin: string, secret: string, body: object, patience: Patience): Promise<Outcome> {
  return new Promise((resolve) => {
    let status = 0;
    let receipt: string | undefined;
    const finish = (isWhole: boolean) => resolve({ status, receipt, isWhole });
    const sent = request(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      agent: false,
    });
    sent.on('error', () => finish(false));
    sent.on('response', (response) => {
      status = response.statusCode ?? 0;
      const id = response.headers['b3iq-receipt'];
      receipt = typeof id === 'string' ? id : undefined;
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => {
        parts.push(part);
        if (patience === 'at-first-byte') sent.destroy();
      });
      response.on('error', () => finish(false));
      response.on('close', () => finish(response.complete && isWhole(Buffer.concat(parts).toString())));
    });
    sent.end(JSON.stringify(body), () => {
      if (patience === 'at-once') sent.destroy();
    });
  });
}

function isWhole(text: string): boolean {
  if (text.startsWith('data:')) return text.endsWith('data: [DONE]\n\n');
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Reads the ledger of a machine that has ended. */
export async function withLedger<T>(machine: BenchMachine, read: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await openSqliteLedger({
    path: join(machine.folder, 'ledger.sqlite'),
    identity: identityOf(machine.privateKey),
    clock,
    log: memoryLog(),
  });
  try {
    return await read(ledger);
  } finally {
    await ledger.close();
  }
}

/** Every receipt's id. */
export async function receiptIds(ledger: Ledger): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (let before: number | undefined; ; ) {
    const { receipts } = await ledger.list(before === undefined ? { limit: 200 } : { limit: 200, before });
    for (const { id } of receipts) ids.add(id);
    before = receipts.at(-1)?.seq;
    if (before === undefined || before <= 1) return ids;
  }
}

/** Tokens that today's receipts hold against each key. */
export const tokensByKey = (ledger: Ledger) => ledger.usageSince(startOfUtcDay(clock.now()));
