/** A machine without a screen: claimed, given a key, asked and audited from a terminal, `--json` all the way. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StatusAnswer, VerifyAnswer } from '@b3iq/wire/local-api';
import { afterEach, expect, test } from 'vitest';
import { TestAgent } from './support/agent.ts';

let agent: TestAgent;
afterEach(() => agent.remove());

test('claim, key, chat, status and receipts from the command line', async () => {
  agent = await TestAgent.start();
  const link = await agent.cli(['wizard', 'url', '--with-token']);
  expect(link.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/setup\/#token=\S+$/);
  const tokenFile = join(agent.stateDir, 'token');
  await writeFile(tokenFile, link.stdout, { mode: 0o600 });

  const wrong = await agent.cli(
    ['claim', '--owner', 'Ada', '--password-stdin', '--token-file', tokenFile],
    'short\n',
  );
  expect(wrong.exitCode).not.toBe(0);
  const claimed = await agent.cli(
    ['claim', '--owner', 'Ada', '--password-stdin', '--token-file', tokenFile],
    'correct horse battery\n',
  );
  expect(claimed).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/),
  });
  const again = await agent.cli(
    ['claim', '--owner', 'Eve', '--password-stdin', '--token-file', tokenFile],
    'correct horse battery\n',
  );
  expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('already_claimed') });

  await agent.ready();
  const status = JSON.parse((await agent.cli(['status', '--json'])).stdout) as StatusAnswer;
  expect(status).toMatchObject({ state: 'claimed', owner: 'Ada', mode: 'local' });
  expect((await agent.cli(['models'])).stdout).toContain('b3iq-selftest');

  const made = await agent.cli([
    'key',
    'create',
    '--name',
    'laptop',
    '--tokens-per-day',
    '100000',
    '--quiet',
  ]);
  expect(made.stdout).toMatch(/^b3iq_local_\w+$/);
  const keyFile = join(agent.stateDir, 'key');
  await writeFile(keyFile, made.stdout, { mode: 0o600 });
  const answer = await agent.cli(['chat', '--api-key-file', keyFile, 'What is a receipt?']);
  expect(answer.stdout.length).toBeGreaterThan(20);
  expect((await agent.cli(['chat'], 'What is a receipt?')).stdout).toBe(answer.stdout);

  const listed = await agent.cli(['key', 'list', '--json']);
  const { keys } = JSON.parse(listed.stdout) as {
    keys: { id: string; name: string; tokens_today: number }[];
  };
  expect(keys).toMatchObject([{ name: 'laptop', tokens_today: expect.any(Number) }]);
  expect(keys[0]?.tokens_today).toBeGreaterThan(10);
  expect(listed.stdout).not.toContain(made.stdout);

  const verified = JSON.parse((await agent.cli(['receipts', 'verify', '--json'])).stdout) as VerifyAnswer;
  expect(verified).toMatchObject({ ok: true, receipts: 2, first_break: null });
  expect((await agent.cli(['key', 'revoke', keys[0]?.id ?? ''])).exitCode).toBe(0);
  expect((await agent.cli(['chat', '--api-key-file', keyFile, 'Hello'])).exitCode).toBe(1);

  await agent.stop();
  const offline = await agent.cli(['receipts', 'verify', '--json']);
  expect(JSON.parse(offline.stdout)).toMatchObject({ ok: true, receipts: 2 });
  expect((await agent.cli(['status'])).exitCode).toBe(3);
});

test('a second agent in the same folder is refused and harms nothing', async () => {
  agent = await TestAgent.start();
  const second = await agent.cli(['run', '--port', '0']);
  expect(second).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('agent_running') });
  expect((await agent.cli(['status'])).exitCode).toBe(0);
});
