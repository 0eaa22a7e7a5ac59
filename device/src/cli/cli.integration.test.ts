/** The whole command line inside this process, against a stand-in agent on a real unix socket. */
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { waitFor } from '../os/wait-for.ts';
import {
  chunk,
  type FakeAgent,
  fakeKey,
  fakeStatus,
  json,
  refuse,
  startFakeAgent,
  streaming,
} from './fakes/agent.ts';
import { drained, type FakeIoOptions, fakeIo } from './fakes/io.ts';
import { runCli } from './main.ts';
import { openWorkshop } from './workshop.ts';

const SECRET = `b3iq_local_${'S'.repeat(49)}`;

let agent: FakeAgent;
let folder: string;
beforeEach(async () => {
  agent = await startFakeAgent();
  folder = await mkdtemp(join(tmpdir(), 'b3iq-cli-work-'));
});
afterEach(async () => {
  await agent.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(args: readonly string[], { input = '', env = {}, isTTY = false }: FakeIoOptions = {}) {
  const io = fakeIo({ input, env: { B3IQ_STATE_DIR: agent.stateDir, ...env }, isTTY });
  const exitCode = await runCli(args, io);
  return { exitCode, ...(await drained(io)) };
}
const host = async (args: string, around: FakeIoOptions = {}) => await start(args.split(' '), around);

async function file(name: string, text: string, mode = 0o600): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

describe('looking', () => {
  test('status is a page for people and JSON for programs', async () => {
    const shown = await host('status');
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toContain('B3IQ-N7K4\n');
    expect(shown.stdout).toContain('100 tokens/s');
    expect(shown.stdout).toContain('1,204');
    expect(shown.stdout).toContain('Disk: 1 GB free. Free some space.');
    expect(shown.stdout).not.toContain('\u001b');
    const { stdout } = await host('status --json');
    expect(JSON.parse(stdout)).toMatchObject({ name: 'B3IQ-N7K4', kind: 'host' });
  });

  test('models are listed and a self-test is called one', async () => {
    const { stdout } = await host('models');
    expect(stdout).toMatch(
      /^MODEL +STATE +CONTEXT +SIZE +CAN +NOTE\nb3iq-selftest +ready +2,048 +2\.2 MiB .*self-test\n$/,
    );
  });

  test('the version is told with and without an agent', async () => {
    expect((await host('version')).stdout).toMatch(/^b3iq-host \d+\.\d+\.\d+\n$/);
    agent.on('GET /health', { json: { status: 'ok', version: '9.9.9', state: 'claimed' } });
    expect((await host('version')).stderr).toContain('9.9.9');
    const { stdout } = await host(`version --json --state-dir ${folder}`);
    expect(JSON.parse(stdout)).toMatchObject({ agent: null, node: process.versions.node });
  });

  test('the setup page is printed alone; with a token, the words about it go to stderr', async () => {
    expect((await host('wizard url')).stdout).toBe(`${agent.origin}/setup/\n`);
    const url = `${agent.origin}/setup/#token=abc`;
    agent.on('GET /api/status', { json: { ...fakeStatus, state: 'unclaimed', owner: null } });
    agent.on('POST /api/setup/token', { json: { token: 'abc', url, expires_in_s: 3600 } });
    const shown = await host('wizard url --with-token');
    expect(shown.stdout).toBe(`${url}\n`);
    expect(shown.stderr).toContain('1 h');
    expect((await host('wizard url --with-token --quiet')).stderr).toBe('');
  });

  test('on a machine with an owner the link sets a new password, and the setup token is left alone', async () => {
    const url = `${agent.origin}/sign-in/#recovery=abc`;
    agent.on('POST /api/session/recovery-link', { json: { url } });
    const shown = await host('wizard url --with-token');
    expect(shown.stdout).toBe(`${url}\n`);
    expect(shown.stderr).toContain('can set a new password');
  });
});

describe('claim', () => {
  const answer = { owner: { name: 'Anna' }, recovery_code: 'RECO-VERY-CODE' };
  const password = 'correct horse battery';

  test('sends password and token, prints the recovery code alone', async () => {
    agent.on('POST /api/setup/claim', { status: 201, json: answer });
    const token = await file('token', 'http://127.0.0.1:1/setup/#token=tok\n');
    const ran = await host(`claim --owner Anna --password-stdin --token-file ${token}`, {
      input: `${password}\n`,
    });
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'RECO-VERY-CODE\n' });
    expect(ran.stderr).toContain('shown once');
    expect(JSON.parse(agent.heard[0]?.body ?? '')).toEqual({
      secret: 'tok',
      owner: { name: 'Anna', password },
    });
  });

  test('strips one newline from the password and no more', async () => {
    agent.on('POST /api/setup/claim', { status: 201, json: answer });
    const env = { B3IQ_SETUP_TOKEN: 'tok' };
    await host('claim --owner Anna --password-stdin', { input: ` ${password} \n\n`, env });
    expect(JSON.parse(agent.heard[0]?.body ?? '').owner.password).toBe(` ${password} \n`);
  });

  test('mints a token only once everything else is right, and keeps the code in a file', async () => {
    agent.on('POST /api/setup/token', { json: { token: 'minted', url: 'http://x', expires_in_s: 60 } });
    agent.on('POST /api/setup/claim', { status: 201, json: answer });
    const short = await host('claim --owner Anna --password-stdin --mint', { input: 'short' });
    expect(short.exitCode).toBe(2);
    expect(short.stderr).toContain('10 to 256 characters');
    expect(agent.heard).toEqual([]);
    const ran = await host(
      `claim --owner Anna --password-stdin --mint --recovery-code-file ${join(folder, 'code')}`,
      {
        input: password,
      },
    );
    expect(ran).toMatchObject({ exitCode: 0, stdout: '' });
    expect(agent.heard.map(({ path }) => path)).toEqual(['/api/setup/token', '/api/setup/claim']);
    expect(await readFile(join(folder, 'code'), 'utf8')).toBe('RECO-VERY-CODE\n');
    expect((await stat(join(folder, 'code'))).mode & 0o777).toBe(0o600);
  });

  test('a file that exists is not replaced, and nothing is asked of the agent', async () => {
    const path = await file('code', 'old');
    const ran = await host(`claim --owner Anna --password-stdin --mint --recovery-code-file ${path}`, {
      input: password,
    });
    expect(ran.exitCode).toBe(2);
    expect(agent.heard).toEqual([]);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  test('a refusal leaves no empty file behind and tells the code', async () => {
    agent.on('POST /api/setup/claim', refuse(403, 'claim_secret_wrong', 'That setup code is not right.'));
    const ran = await host(
      `claim --owner Anna --password-stdin --recovery-code-file ${join(folder, 'code')}`,
      {
        input: password,
        env: { B3IQ_SETUP_TOKEN: 'wrong' },
      },
    );
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(/^That setup code is not right\. .+ \(claim_secret_wrong\)\n$/);
    await expect(stat(join(folder, 'code'))).rejects.toThrow('ENOENT');
  });

  test('a secret others can read is warned of', async () => {
    agent.on('POST /api/setup/claim', { status: 201, json: answer });
    const loose = await file('loose', 'tok', 0o644);
    const ran = await host(`claim --owner Anna --password-stdin --token-file ${loose} --quiet`, {
      input: password,
    });
    expect(ran.stderr).toBe(
      `Other users of this computer can read ${loose}. Make it yours alone: \`chmod 600 ${loose}\`.\n`,
    );
  });

  test.each([
    ['an endless password', Buffer.alloc(1 << 20, 'x'), 'longer than 4,096 bytes'],
    ['a password that is not UTF-8', Buffer.from([0xff, 0xfe, 0xfd]), 'not UTF-8'],
    ['no password', '', 'is empty'],
    ['only a newline', '\n', 'is empty'],
  ])('%s is refused', async (_what, input, said) => {
    const ran = await host('claim --owner Anna --password-stdin --mint', { input });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(said);
    expect(agent.heard).toEqual([]);
  });

  test('a missing token file is named', async () => {
    const ran = await host('claim --owner Anna --password-stdin --token-file nowhere', { input: password });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('nowhere (ENOENT)');
  });
});

describe('keys', () => {
  test('a made key is alone on stdout, so that a script can take it', async () => {
    agent.on('POST /api/keys', { status: 201, json: { key: fakeKey, secret: SECRET } });
    const ran = await host('key create --name laptop --tokens-per-day 2M --expires-at 2999-01-31 --quiet');
    expect(ran).toMatchObject({ exitCode: 0, stdout: `${SECRET}\n`, stderr: '' });
    expect(JSON.parse(agent.heard[0]?.body ?? '')).toEqual({
      name: 'laptop',
      scopes: ['inference'],
      models: null,
      requests_per_minute: null,
      tokens_per_day: 2_000_000,
      concurrency: null,
      expires_at: '2999-01-31T00:00:00.000Z',
    });
    const data = JSON.parse((await host('key create --name laptop --json')).stdout);
    expect(data).toMatchObject({ secret: SECRET, key: { id: fakeKey.id } });
  });

  test('a key in a file is nowhere else', async () => {
    agent.on('POST /api/keys', { status: 201, json: { key: fakeKey, secret: SECRET } });
    const ran = await host(`key create --name laptop --secret-file ${join(folder, 'key')} --json`);
    expect(JSON.parse(ran.stdout)).toMatchObject({ secret_file: join(folder, 'key') });
    expect(ran.stdout + ran.stderr).not.toContain(SECRET);
    expect(await readFile(join(folder, 'key'), 'utf8')).toBe(`${SECRET}\n`);
    expect((await stat(join(folder, 'key'))).mode & 0o777).toBe(0o600);
  });

  test.each(['2020-01-01', '2026-02-30', 'tomorrow', '2027-01-31T25:00:00Z', '1'])(
    'an expiry of %s is refused before anything is asked',
    async (when) => {
      expect((await host(`key create --name x --expires-at ${when}`)).exitCode).toBe(2);
      expect(agent.heard).toEqual([]);
    },
  );

  test('the list shows live keys, --all every one; hostile names stay on their line', async () => {
    const keys = [
      { ...fakeKey, name: 'evil\u001b[2J\nname' },
      { ...fakeKey, id: 'key_zzzz56789abcdef0', name: 'old', revoked_at: '2026-01-01T00:00:00Z' },
    ];
    agent.on('GET /api/keys', { json: { keys } });
    const shown = await host('key list');
    expect(shown.stdout.split('\n')).toHaveLength(3);
    expect(shown.stdout).toContain('evil[2J name');
    expect(shown.stdout).toContain('60/min, 2,000,000 tokens/day');
    expect(shown.stderr).toContain('1 revoked or expired');
    expect((await host('key list --all')).stdout).toContain('revoked 2026-01-01');
    expect(JSON.parse((await host('key list --json')).stdout).keys).toHaveLength(2);
  });

  test('revoking takes the beginning of an id when one key has it', async () => {
    const other = { ...fakeKey, id: 'key_0123zzzzzzzzzzzz' };
    agent.on('GET /api/keys', { json: { keys: [fakeKey, other] } });
    agent.on(`DELETE /api/keys/${fakeKey.id}`, { json: { ...fakeKey, revoked_at: '2026-01-01T00:00:00Z' } });
    expect((await host('key revoke key_0123')).stderr).toContain('2 keys begin with that id');
    expect(await host('key revoke key_')).toMatchObject({ exitCode: 1 });
    expect(agent.heard.some(({ method }) => method === 'DELETE')).toBe(false);
    expect(await host('key revoke key_01234')).toMatchObject({ exitCode: 0, stdout: '' });
  });
});

describe('chat', () => {
  test('streams an answer through the control socket', async () => {
    agent.on('POST /api/playground/chat', streaming(['Hel', 'lo']));
    const ran = await start(['chat', '--system', 'Be brief.', '--max-tokens', '9', 'Hi', 'there']);
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'Hello\n', stderr: '' });
    const { headers, body } = agent.heard.at(-1) ?? { headers: {}, body: '{}' };
    expect(headers.authorization).toBeUndefined();
    expect(JSON.parse(body)).toEqual({
      model: 'b3iq-selftest',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi there' },
      ],
      max_tokens: 9,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('with a key takes the public road; the prompt comes from stdin', async () => {
    agent.on('GET /v1/models', { json: { object: 'list', data: [{ id: 'other' }] } });
    agent.on('POST /v1/chat/completions', streaming(['Yes.\n']));
    const key = await file('key', `${SECRET}\n`);
    const ran = await host(`chat --api-key-file ${key}`, { input: 'Grüße?\n' });
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'Yes.\n' });
    const last = agent.heard.at(-1);
    expect(last?.headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(JSON.parse(last?.body ?? '')).toMatchObject({
      model: 'other',
      messages: [{ role: 'user', content: 'Grüße?\n' }],
    });
  });

  test('needs no agent’s socket when the address is given, and takes the key from stdin', async () => {
    agent.on('POST /v1/chat/completions', streaming(['ok']));
    const ran = await start(
      ['chat', '--state-dir', folder, '--endpoint', agent.origin, '--api-key-stdin', '--model', 'm', 'hi'],
      { input: SECRET },
    );
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'ok\n' });
  });

  test('as JSON gives the whole answer, or one object a line', async () => {
    const whole = { id: 'c', choices: [{ message: { role: 'assistant', content: 'Hi' } }], usage: {} };
    agent.on('POST /api/playground/chat', { json: whole });
    expect(JSON.parse((await host('chat --json hi')).stdout)).toEqual(whole);
    expect(JSON.parse(agent.heard.at(-1)?.body ?? '')).not.toHaveProperty('stream');
    agent.on('POST /api/playground/chat', streaming(['a', 'b']));
    const lines = (await host('chat --json --stream hi')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.choices[0]?.delta?.content)).toEqual(['a', 'b', undefined]);
  });

  test('an answer that breaks off, or ends in an error, is a failure after what came', async () => {
    agent.on('POST /api/playground/chat', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(chunk('Half'));
    });
    const cut = await host('chat hi');
    expect(cut).toMatchObject({ exitCode: 1, stdout: 'Half' });
    expect(cut.stderr).toContain('(engine_failed)');
    agent.on('POST /api/playground/chat', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk('Half'), () => response.destroy());
    });
    expect((await host('chat hi')).stderr).toContain('(engine_failed)');
    agent.on('POST /api/playground/chat', (response) => {
      const error = {
        message: 'm',
        type: 'api_error',
        b3iq: { detail: 'The engine died.', code: 'engine_failed' },
      };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${JSON.stringify({ error })}\n\ndata: [DONE]\n\n`);
    });
    expect((await host('chat hi')).stderr).toContain('The engine died.');
  });

  test('a refusal with a waiting time says how long', async () => {
    agent.on('POST /api/playground/chat', (response) => {
      response.setHeader('retry-after', '7');
      return refuse(429, 'queue_full', 'The machine is busy.')(response, '');
    });
    expect((await host('chat hi')).stderr).toBe('The machine is busy. Try again in 7 s. (queue_full)\n');
  });

  test('a huge prompt is refused before it is held', async () => {
    const ran = await host('chat', { input: Buffer.alloc(5 << 20, 'x') });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('4,194,304 bytes');
  });
});

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
    agent.on('GET /api/receipts', { json: { receipts: [receipt], total: 1204, next_before: 1204 } });
    const shown = await host('receipts list --limit 1');
    expect(agent.heard[0]?.path).toBe('/api/receipts?limit=1');
    expect(shown.stdout).toMatch(/\n1204 {2}rcpt_…7F3KQ2 {2}2026-01-01 .* 3,456 +1\.2 s +engine\n$/);
    expect(shown.stderr).toContain('1 of 1,204');
  });

  test('are shown by number and written as a proof', async () => {
    agent.on('GET /api/receipts', { json: { receipts: [receipt], total: 1204, next_before: null } });
    agent.on(`GET /api/receipts/${receipt.id}`, { json: proof });
    expect((await host('receipts show 1204')).stdout).toContain('seq        1204');
    expect(agent.heard[0]?.path).toBe('/api/receipts?limit=1&before=1205');
    expect(await host('receipts show 7')).toMatchObject({ exitCode: 1 });
    expect(await host(`receipts show 1204 --out ${join(folder, 'proof.json')}`)).toMatchObject({
      exitCode: 0,
      stdout: '',
    });
    expect(JSON.parse(await readFile(join(folder, 'proof.json'), 'utf8'))).toEqual(proof);
  });

  test('verify tells a whole chain from a broken one, also by exit status', async () => {
    const whole = { ok: true, receipts: 1204, batches: 1000, head: 'cafe', first_break: null };
    agent.on('POST /api/receipts/verify', { json: whole });
    expect(await host('receipts verify')).toMatchObject({
      exitCode: 0,
      stdout: 'The chain is whole: 1,204 receipts in 1,000 signed batches. It ends in cafe.\n',
    });
    const first_break = { seq: 17, reason: 'Its bytes were changed.' };
    agent.on('POST /api/receipts/verify', { json: { ...whole, ok: false, receipts: 16, first_break } });
    const broken = await host('receipts verify');
    expect(broken.exitCode).toBe(1);
    expect(broken.stdout).toContain('breaks at receipt 17: Its bytes were changed.');
    const data = await host('receipts verify --json');
    expect([data.exitCode, JSON.parse(data.stdout).first_break.seq]).toEqual([1, 17]);
  });

  test('a proof that proves nothing is exit 1; a file that is none is exit 2', async () => {
    const key = 'ab'.repeat(32);
    const path = await file('proof.json', JSON.stringify(proof));
    expect(await host(`receipts verify --proof ${path} --public-key ${key}`)).toMatchObject({ exitCode: 1 });
    for (const text of ['', '[]', '{"receipt":7}', '[['.repeat(10_000)]) {
      const bad = await file('bad.json', text);
      expect((await host(`receipts verify --proof ${bad} --public-key ${key}`)).exitCode).toBe(2);
    }
    const ledger = await file('ledger.sqlite', 'not a database, certainly not one');
    const ran = await host(`receipts verify --file ${ledger} --public-key ${key}`);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('(ledger_unavailable)');
  });
});

describe('an agent that is not there, or not itself', () => {
  test('no socket is exit 3 with a way out, also as JSON', async () => {
    const ran = await host(`status --state-dir ${folder}`);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(/^No agent is running: .+ Start it with .+ \(agent_unreachable\)\n$/);
    const data = await host(`status --state-dir ${folder} --json`);
    expect(data.stdout).toBe('');
    expect(JSON.parse(data.stderr).error).toMatchObject({ status: 503, code: 'agent_unreachable' });
  });

  test('a file in the socket’s place, and a path too long for one, are named', async () => {
    await file('control.sock', '');
    expect((await host(`status --state-dir ${folder}`)).stderr).toContain('is not a socket');
    const long = join(folder, 'x'.repeat(120));
    expect((await host(`status --state-dir ${long}`)).stderr).toContain('too long for a socket');
  });

  test('identity changes are refused while it runs', async () => {
    agent.on('GET /health', { json: { status: 'ok', version: '0.1.0', state: 'claimed' } });
    const ran = await host('identity renew --yes');
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('(agent_running)');
    expect((await host('identity renew')).exitCode).toBe(2);
  });

  test.each([
    ['not JSON', (r) => void r.end('<html>')],
    ['another shape', json(200, { name: 7 })],
    ['an endless body', (r) => void r.end(Buffer.alloc(17 << 20, '7'))],
    ['a refusal without a reason', json(500, { oops: true })],
    ['10,000 nested arrays', (r) => void r.end('['.repeat(10_000))],
    ['prototype tricks', json(403, JSON.parse('{"__proto__":{"error":{"code":"x","detail":"y"}}}'))],
  ] satisfies [string, Parameters<FakeAgent['on']>[1]][])(
    '%s is an answer that is not understood',
    async (_, reply) => {
      agent.on('GET /api/status', reply);
      const ran = await host('status');
      expect(ran).toMatchObject({ exitCode: 1, stdout: '' });
      expect(ran.stderr).toContain('(agent_answer_invalid)');
    },
  );

  test('something that speaks no HTTP is exit 3', async () => {
    const state = join(folder, 's');
    await mkdir(state);
    const server = createServer((socket) => void socket.resume().end('220 hello\r\n'));
    await new Promise<void>((resolve) => server.listen(join(state, 'control.sock'), resolve));
    const ran = await host(`status --state-dir ${state}`);
    await new Promise((resolve) => server.close(resolve));
    expect(ran.exitCode).toBe(3);
  });

  test('a refusal cannot write to the terminal', async () => {
    agent.on('GET /api/status', refuse(403, 'node_unclaimed', 'No\u001b[2J owner\nyet.'));
    const { stderr } = await host('status');
    expect(stderr).toMatch(/^No\[2J owner yet\. .+ \(node_unclaimed\)\n$/);
  });
});

test('run hands the state folder and the port to the agent, and its exit status back', async () => {
  const asked: unknown[] = [];
  const workshop = {
    ...openWorkshop(),
    run: async (...given: unknown[]) => {
      asked.push(...given);
      return 7;
    },
  };
  const io = fakeIo({ input: '', env: { B3IQ_STATE_DIR: '/elsewhere', LANG: 'C' } });
  expect(await runCli(['run', '--port', '9000', '--state-dir', folder], io, workshop)).toBe(7);
  expect(asked).toEqual([{ B3IQ_STATE_DIR: folder, LANG: 'C' }, { listen_port: 9000 }]);
});

describe('at a terminal', () => {
  const terminal = () => fakeIo({ env: { B3IQ_STATE_DIR: agent.stateDir }, isTTY: true });
  const seen = (io: ReturnType<typeof terminal>, text: string, times = 1) =>
    waitFor(() => (io.written().stdout + io.written().stderr).split(text).length > times, {
      timeoutMs: 10_000,
      what: `${text} on the terminal`,
    });

  test('a conversation remembers, stops at Ctrl-C, forgets at /clear and ends at /exit', async () => {
    agent.on('POST /api/playground/chat', streaming(['I am \u001b[31mB3IQ', '.']));
    const io = terminal();
    const running = runCli(['chat'], io);
    await seen(io, 'Ctrl-D ends');
    io.stdin.write('Who are you?\n');
    await seen(io, 'I am [31mB3IQ.');
    await seen(io, '2 tokens · receipt rcpt_');
    agent.on('POST /api/playground/chat', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk('Once upon'));
    });
    io.stdin.write('A story\n');
    await seen(io, 'Once upon');
    io.stdin.write('\u0003');
    await seen(io, 'stopped');
    agent.on('POST /api/playground/chat', refuse(400, 'context_length_exceeded', 'Too long.'));
    io.stdin.write('More\n');
    await seen(io, '(context_length_exceeded)');
    agent.on('POST /api/playground/chat', streaming(['Fine.']));
    io.stdin.write('And?\n');
    await seen(io, 'Fine.');
    const roles = JSON.parse(agent.heard.at(-1)?.body ?? '').messages.map(
      (m: { content: string }) => m.content,
    );
    expect(roles).toEqual(['Who are you?', 'I am \u001b[31mB3IQ.', 'A story', 'Once upon', 'And?']);
    await seen(io, 'rcpt_', 2);
    io.stdin.write('/clear\nNew\n');
    await seen(io, 'Fine.', 2);
    expect(JSON.parse(agent.heard.at(-1)?.body ?? '').messages).toHaveLength(1);
    io.stdin.write('/exit\n');
    expect(await running).toBe(0);
  });

  test.each(['\u0003', '\u0004'])('%j with nothing running ends the conversation', async (key) => {
    const io = terminal();
    const running = runCli(['chat', '--model', 'm'], io);
    await seen(io, 'Ctrl-D ends');
    io.stdin.write(key);
    expect(await running).toBe(0);
  });

  test('one question can be stopped', async () => {
    agent.on('POST /api/playground/chat', (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk('begun'));
    });
    const io = terminal();
    const running = runCli(['chat', 'hi'], io);
    await seen(io, 'begun');
    io.interrupt();
    expect(await running).toBe(130);
  });

  test('a password is asked for twice and never shown', async () => {
    const answer = { owner: { name: 'Anna' }, recovery_code: 'RECO-VERY-CODE' };
    agent.on('POST /api/setup/token', { json: { token: 'minted', url: 'http://x', expires_in_s: 60 } });
    agent.on('POST /api/setup/claim', { status: 201, json: answer });
    const io = terminal();
    const running = runCli(['claim', '--owner', 'Anna', '--mint'], io);
    await seen(io, 'Type the password');
    io.stdin.write('correct horse\r');
    await seen(io, 'Once more');
    io.stdin.write('correct horse\r');
    expect(await running).toBe(0);
    const { stdout, stderr } = await drained(io);
    expect(stdout).toBe('RECO-VERY-CODE\n');
    expect(stdout + stderr).not.toContain('correct');
    expect(JSON.parse(agent.heard.at(-1)?.body ?? '').owner.password).toBe('correct horse');
  });

  test('two passwords that differ, or Ctrl-C, change nothing', async () => {
    for (const second of ['correct house\r', '\u0003']) {
      const io = terminal();
      const running = runCli(['claim', '--owner', 'Anna', '--mint'], io);
      await seen(io, 'Type the password');
      io.stdin.write('correct horse\r');
      await seen(io, 'Once more');
      io.stdin.write(second);
      expect(await running).toBe(2);
    }
    expect(agent.heard).toEqual([]);
  });

  test('colour stays away when NO_COLOR or TERM=dumb asks for it', async () => {
    expect((await host('models', { isTTY: true })).stdout).toContain('\u001b[1m');
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }])
      expect((await host('models', { isTTY: true, env })).stdout).not.toContain('\u001b');
  });
});
