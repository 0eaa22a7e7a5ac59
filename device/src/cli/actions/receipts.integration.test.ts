import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandLine } from '../fakes/command-line.ts';

const cli = commandLine();

describe('receipts', () => {
  const receipt = {
    id: 'rcpt_01JD7QABCDEFGHJKMNPQ7F3KQ2',
    seq: 1204,
    at: '2026-01-01T00:00:00Z',
    endpoint: '/v1/chat/completions',
    model: 'b3iq-selftest',
    caller: 'owner',
    status: 'completed',
    prompt_tokens: 12,
    completion_tokens: 3456,
    token_source: 'engine',
    duration_ms: 1234,
    hash: 'ab',
  };
  const proof = { receipt: '{"id":"x","seq":"1204"}', leaf: 'aa', path: [], batch: {}, public_key: 'bb' };

  test('are listed newest first, with their number', async () => {
    cli.agent.on('GET /api/receipts', { json: { receipts: [receipt], total: 1204, next_before: 1204 } });
    const shown = await cli.host('receipts list --limit 1');
    expect(cli.agent.heard[0]?.path).toBe('/api/receipts?limit=1');
    expect(shown.stdout).toMatch(/\n1204 {2}rcpt_…7F3KQ2 {2}2026-01-01 .* 3,456 +1\.2 s +engine\n$/);
    expect(shown.stderr).toContain('1 of 1,204');
  });

  test('are shown by number and written as a proof', async () => {
    cli.agent.on('GET /api/receipts', { json: { receipts: [receipt], total: 1204, next_before: null } });
    cli.agent.on(`GET /api/receipts/${receipt.id}`, { json: proof });
    expect((await cli.host('receipts show 1204')).stdout).toContain('seq        1204');
    expect(cli.agent.heard[0]?.path).toBe('/api/receipts?limit=1&before=1205');
    expect(await cli.host('receipts show 7')).toMatchObject({ exitCode: 1 });
    expect(await cli.host(`receipts show 1204 --out ${join(cli.folder, 'proof.json')}`)).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
    expect(JSON.parse(await readFile(join(cli.folder, 'proof.json'), 'utf8'))).toEqual(proof);
  });

  test('verify tells a whole chain from a broken one, also by exit status', async () => {
    const whole = { ok: true, receipts: 1204, batches: 1000, head: 'cafe', first_break: null };
    cli.agent.on('POST /api/receipts/verify', { json: whole });
    expect(await cli.host('receipts verify')).toMatchObject({
      exitCode: 0,
      stdout: 'The chain is whole: 1,204 receipts in 1,000 signed batches. It ends in cafe.\n',
    });
    const first_break = { seq: 17, reason: 'Its bytes were changed.' };
    cli.agent.on('POST /api/receipts/verify', { json: { ...whole, ok: false, receipts: 16, first_break } });
    const broken = await cli.host('receipts verify');
    expect(broken.exitCode).toBe(1);
    expect(broken.stdout).toContain('breaks at receipt 17: Its bytes were changed.');
    const data = await cli.host('receipts verify --json');
    expect([data.exitCode, JSON.parse(data.stdout).first_break.seq]).toEqual([1, 17]);
  });

  test('a proof that proves nothing is exit 1; a file that is none is exit 2', async () => {
    const key = 'ab'.repeat(32);
    const path = await cli.file('proof.json', JSON.stringify(proof));
    expect(await cli.host(`receipts verify --proof ${path} --public-key ${key}`)).toMatchObject({
      exitCode: 1,
    });
    for (const text of ['', '[]', '{"receipt":7}', '[['.repeat(10_000)]) {
      const bad = await cli.file('bad.json', text);
      expect((await cli.host(`receipts verify --proof ${bad} --public-key ${key}`)).exitCode).toBe(2);
    }
    const ledger = await cli.file('ledger.sqlite', 'not a database, certainly not one');
    const ran = await cli.host(`receipts verify --file ${ledger} --public-key ${key}`);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('(ledger_damaged)');
  });

  test('a damaged ledger is set aside, and it is said where it is', async () => {
    cli.agent.on('POST /api/receipts/set-aside', { json: { kept_as: 'ledger.sqlite.damaged' } });
    expect(await cli.host('receipts set-aside')).toMatchObject({
      exitCode: 0,
      stdout:
        'A new ledger has begun. The damaged one is kept as ledger.sqlite.damaged in the state folder.\n',
    });
  });
});
