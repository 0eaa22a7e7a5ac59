/** `kill -9` under load: no answered call without a receipt, no setting lost, and the chain still proves itself. */

import { waitFor } from '@b3iq/device/src/os/wait-for.ts';
import type { KeysAnswer, ReceiptsAnswer, VerifyAnswer } from '@b3iq/wire/local-api';
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';

let agent: TestAgent;
afterEach(() => agent.remove());

test('every answer a client saw in full has its receipt after the machine is killed, five times over', async () => {
  agent = await TestAgent.start();
  await agent.claim();
  const model = (await agent.ready()).models[0]?.id;
  const { secret } = await agent.newKey();
  const answered = new Set<string>();
  /** Ids, and the name each was given once it was there. */
  const keys = new Map<string, string>();

  for (let round = 0; round < 5; round += 1) {
    await agent.ready();
    let running = true;
    const ask = async (stream: boolean) => {
      while (running) {
        const response = await fetch(`${agent.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            model,
            stream,
            max_tokens: 6,
            messages: [{ role: 'user', content: 'Hello' }],
          }),
        });
        const text = await response.text(); // throws when the answer is cut
        const whole = stream ? text.trimEnd().endsWith('data: [DONE]') : response.ok;
        if (whole) answered.add(response.headers.get('b3iq-receipt') ?? 'an answer with no receipt');
      }
    };
    const settle = async () => {
      while (running) {
        const { id } = (await agent.newKey()).key;
        const name = `Changed ${keys.size}`;
        await agent.operator('PATCH', `/api/keys/${id}`, { name });
        keys.set(id, name);
      }
    };
    const before = answered.size;
    const load = [ask(true), ask(true), ask(false), settle()].map((work) => work.catch(() => undefined));
    await waitFor(() => answered.size > before + 12, { timeoutMs: 60_000, what: 'answers under load' });
    await agent.kill();
    running = false;
    await Promise.all(load);
    await agent.boot();
  }

  const kept = new Set<string>();
  for (let before = ''; ; ) {
    const page = await agent.operator<ReceiptsAnswer>('GET', `/api/receipts?limit=200${before}`);
    for (const receipt of page.receipts) kept.add(receipt.id);
    if (page.next_before === null) break;
    before = `&before=${page.next_before}`;
  }
  expect([...answered].filter((id) => !kept.has(id))).toEqual([]);
  const listed = (await agent.operator<KeysAnswer>('GET', '/api/keys')).keys;
  const names = new Map(listed.map((key) => [key.id, key.name]));
  expect([...keys].filter(([id, name]) => names.get(id) !== name)).toEqual([]);
  expect(await agent.operator<VerifyAnswer>('POST', '/api/receipts/verify')).toMatchObject({
    ok: true,
    first_break: null,
  });
});
