import { expect, test } from 'vitest';
import { refuse } from '../fakes/agent.ts';
import { commandLine } from '../fakes/command-line.ts';

const cli = commandLine();
const row = {
  day: '2026-11-22',
  caller: 'key_0123456789abcdef',
  key_name: 'lap\u001b[31mtop',
  model: 'b3iq-selftest',
  calls: 1200,
  failed_calls: 3,
  prompt_tokens: 34_000,
  completion_tokens: 56,
};
const answer = {
  from: '2026-10-24',
  to: '2026-11-22',
  rows: [row, { ...row, caller: 'owner', key_name: null }],
};

test('usage is a table with its sum', async () => {
  cli.agent.on('GET /api/usage', { json: answer });
  const shown = await cli.host('usage');
  expect(cli.agent.heard[0]?.path).toBe('/api/usage');
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toMatch(/\n2026-11-22 {2}lap\[31mtop +b3iq-selftest +1,200 +3 +34,000 +56\n/);
  expect(shown.stdout).toMatch(/\n2026-11-22 {2}owner /);
  expect(shown.stderr).toContain('2,400 calls, 68,000 tokens in, 112 out');
  expect(JSON.parse((await cli.host('usage --json')).stdout)).toEqual(answer);
});

test('usage as CSV comes through as the agent wrote it', async () => {
  cli.agent.on('GET /api/usage', (response) => void response.end('day,key\r\n2026-11-22,owner\r\n'));
  const shown = await cli.host('usage --from 2026-11-01 --to 2026-11-30 --csv');
  expect(cli.agent.heard[0]?.path).toBe('/api/usage?from=2026-11-01&to=2026-11-30&format=csv');
  expect(shown).toMatchObject({ exitCode: 0, stdout: 'day,key\r\n2026-11-22,owner\r\n' });
});

test('usage of days without a call says so; a day that is none, and two forms at once, are refused', async () => {
  cli.agent.on('GET /api/usage', { json: { ...answer, rows: [] } });
  expect(await cli.host('usage')).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await cli.host('usage --from yesterday')).toMatchObject({ exitCode: 2 });
  expect(await cli.host('usage --csv --json')).toMatchObject({ exitCode: 2 });
  cli.agent.on('GET /api/usage', refuse(400, 'invalid_request', 'Expected days.'));
  expect(await cli.host('usage --from 2026-02-30 --csv')).toMatchObject({ exitCode: 1, stdout: '' });
});
