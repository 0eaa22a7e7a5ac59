import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMAND_LIST, SECRET_OPTIONS } from './commands.ts';
import { planCommand } from './plan.ts';

const AROUND = { stdinIsTTY: false, hasTokenVariable: false };
const plan = (line: string, around: Partial<typeof AROUND> = {}) =>
  planCommand(
    line.split(' ').filter((word) => word !== ''),
    { ...AROUND, ...around },
  );
const command = (line: string, around: Partial<typeof AROUND> = {}) => {
  const understood = plan(line, around);
  if (understood.kind === 'usage') throw new Error(understood.message);
  return understood.command;
};
const complaint = (line: string, around: Partial<typeof AROUND> = {}) => {
  const understood = plan(line, around);
  return understood.kind === 'usage' ? understood.message : `understood as ${understood.command.kind}`;
};

describe('every command', () => {
  test.each(COMMAND_LIST.map(({ name }) => name))('%s has help under --help and -h', (name) => {
    expect(command(`${name} --help`)).toEqual({ kind: 'help', topic: name });
    expect(command(`${name} --nonsense -h`)).toEqual({ kind: 'help', topic: name });
  });

  test.each(COMMAND_LIST.map(({ name }) => name))('%s refuses an option it does not have', (name) => {
    expect(complaint(`${name} --nonsense=1`)).toContain('has no such option');
  });

  test('takes the options of all before and after its name', () => {
    for (const line of ['--json --state-dir /s status -q', 'status --quiet --state-dir=/s --json'])
      expect(plan(line)).toEqual({
        kind: 'command',
        command: { kind: 'status' },
        globals: { json: true, quiet: true, stateDir: '/s' },
      });
  });
});

test('no words at all show the overview, --version the version, a group its help', () => {
  expect(command('')).toEqual({ kind: 'help', topic: '' });
  expect(command('--version')).toEqual({ kind: 'version' });
  expect(command('key')).toEqual({ kind: 'help', topic: 'key' });
  expect(command('help key create')).toEqual({ kind: 'help', topic: 'key create' });
});

describe('secrets on the command line', () => {
  test.each(Object.keys(SECRET_OPTIONS))('--%s is refused and its value not repeated', (name) => {
    for (const line of [
      `claim --${name} hunter2secret`,
      `--${name}=hunter2secret chat`,
      `key -${name} hunter2secret`,
    ]) {
      const message = complaint(line);
      expect(message).toContain('is not taken');
      expect(message).not.toContain('hunter2secret');
    }
  });

  test('what stands after -- is text', () => {
    expect(command('chat -- what is --password')).toMatchObject({ prompt: 'what is --password' });
  });

  test('no message ever repeats a value', () => {
    const words = fc.constantFrom(
      'claim',
      'key',
      'create',
      'chat',
      'receipts',
      'verify',
      '--owner',
      '--name',
      '--limit',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(words, fc.constantFrom('MARKER1', '--max-tokens=MARKER1', '--x=MARKER1'))),
        (argv) => {
          const understood = planCommand(argv, AROUND);
          if (understood.kind === 'usage') expect(understood.message).not.toContain('MARKER1');
        },
      ),
    );
  });
});

test('unknown words get a guess', () => {
  expect(complaint('stauts')).toContain('`b3iq-host status`');
  expect(complaint('claim --onwer x')).toContain('--owner');
  expect(complaint('key make')).toContain('`key create`');
  expect(complaint('--model x chat')).toContain('after its name');
  expect(complaint('-- status')).toContain('A command comes first');
});

test('options must have their values, once', () => {
  expect(complaint('claim --owner')).toContain('needs a value');
  expect(complaint('claim --owner --mint')).toContain('needs a value');
  expect(complaint('claim --owner=')).toContain('empty value');
  expect(complaint('claim --owner a --owner b')).toContain('twice');
  expect(complaint('status --json=yes')).toContain('takes no value');
  expect(complaint('status extra')).toContain('words it does not take');
  expect(complaint('key revoke')).toContain('needs ID');
  expect(command('key create --name=-x')).toMatchObject({ name: '-x' });
});

describe('claim', () => {
  test('takes password and token from where they are said to be', () => {
    expect(command('claim --owner Anna --password-stdin --token-file t')).toEqual({
      kind: 'claim',
      owner: 'Anna',
      password: { kind: 'stdin' },
      secret: { kind: 'file', path: 't' },
      recoveryCodeFile: undefined,
    });
    expect(command('claim --owner A --password-file p --token-file -')).toMatchObject({
      password: { kind: 'file', path: 'p' },
      secret: { kind: 'stdin' },
    });
    expect(command('claim --owner A --password-stdin', { hasTokenVariable: true })).toMatchObject({
      secret: { kind: 'environment' },
    });
    expect(command('claim --owner A --mint --recovery-code-file r', { stdinIsTTY: true })).toMatchObject({
      password: { kind: 'prompt' },
      secret: { kind: 'mint' },
      recoveryCodeFile: 'r',
    });
  });

  test('says what is missing or too much', () => {
    expect(complaint('claim --mint')).toContain('--owner NAME is needed');
    expect(complaint('claim --owner A --mint')).toContain('A password is needed');
    expect(complaint('claim --owner A --password-stdin')).toContain('A setup token is needed');
    expect(complaint('claim --owner A --password-stdin --token-file -')).toContain('cannot both');
    expect(complaint('claim --owner A --password-stdin --password-file p --mint')).toContain(
      'exclude each other',
    );
    expect(complaint('claim --owner A --password-stdin --token-file t --mint')).toContain(
      'exclude each other',
    );
    expect(complaint('claim --owner A --token-file -', { stdinIsTTY: true })).toContain('cannot both');
  });
});

test('key change names only what changes, and takes limits away', () => {
  const untouched = { requestsPerMinute: undefined, concurrency: undefined, expiry: undefined };
  expect(command('key change key_1 --name n --tokens-per-day 2M --model a --priority first')).toEqual({
    kind: 'key-change',
    id: 'key_1',
    name: 'n',
    scopes: undefined,
    models: ['a'],
    tokensPerDay: 2_000_000,
    priority: 'first',
    ...untouched,
  });
  expect(
    command('key change key_1 --requests-per-minute none --concurrency none --expires-at none --every-model'),
  ).toMatchObject({
    requestsPerMinute: null,
    concurrency: null,
    expiry: null,
    models: null,
    tokensPerDay: undefined,
  });
  expect(command('key change key_1 --expires-in 30d')).toMatchObject({ expiry: { kind: 'in' } });
  expect(complaint('key change')).toContain('needs ID');
  expect(complaint('key change key_1')).toContain('Nothing to change');
  expect(complaint('key change key_1 --model a --every-model')).toContain('exclude');
  expect(complaint('key change key_1 --expires-in 1d --expires-at none')).toContain('exclude');
  expect(complaint('key change key_1 --concurrency 0')).toContain('from 1 to 10,000');
  expect(complaint('key change key_1 --scope root')).toContain('inference, metrics');
  expect(complaint('key create --name n --concurrency none')).toContain('from 1 to 10,000');
});

describe('key create', () => {
  test('takes limits in people’s spelling', () => {
    expect(
      command(
        'key create --name n --model a --model b --scope metrics --requests-per-minute 60 --tokens-per-day 2M --concurrency 4 --priority background --expires-in 30d --secret-file f',
      ),
    ).toEqual({
      kind: 'key-create',
      name: 'n',
      scopes: ['metrics'],
      models: ['a', 'b'],
      requestsPerMinute: 60,
      tokensPerDay: 2_000_000,
      concurrency: 4,
      priority: 'background',
      expiry: { kind: 'in', ms: 2_592_000_000 },
      secretFile: 'f',
    });
    expect(command('key create --name n --expires-at 2027-01-31')).toMatchObject({
      expiry: { kind: 'at', text: '2027-01-31' },
      scopes: undefined,
    });
  });

  test('refuses what is no count, time or scope', () => {
    expect(complaint('key create')).toContain('--name NAME is needed');
    expect(complaint('key create --name n --priority urgent')).toContain('first, normal, background');
    expect(complaint('key create --name n --concurrency 0')).toContain('from 1 to 10,000');
    expect(complaint('key create --name n --requests-per-minute 2M')).toContain('from 1 to 1,000,000');
    expect(complaint('key create --name n --expires-in soon')).toContain('such as 30d');
    expect(complaint('key create --name n --expires-in 1d --expires-at 2027-01-01')).toContain('exclude');
    expect(complaint('key create --name n --scope root')).toContain('inference, metrics');
  });
});

describe('chat', () => {
  test('joins the words of a prompt', () => {
    expect(command('chat --max-tokens 5 tell me more')).toMatchObject({
      prompt: 'tell me more',
      maxTokens: 5,
      apiKey: undefined,
    });
  });
  test('leaves the prompt to stdin', () => {
    expect(command('chat --api-key-file k')).toMatchObject({
      prompt: undefined,
      apiKey: { kind: 'file', path: 'k' },
    });
  });
  test('refuses combinations that cannot work', () => {
    expect(complaint('chat --api-key-stdin')).toContain('prompt as words');
    expect(complaint('chat --api-key-stdin --api-key-file f hi')).toContain('exclude');
    expect(complaint('chat --stream hi')).toContain('--json');
    expect(complaint('chat --endpoint http://x hi')).toContain('needs an API key');
    expect(complaint('chat --endpoint gopher://x --api-key-file k hi')).toContain('is an address');
    expect(complaint('chat --json', { stdinIsTTY: true })).toContain('With --json');
  });
  test('takes an endpoint and a stream of JSON', () => {
    expect(command('chat --json --stream --endpoint http://h --api-key-stdin hi')).toMatchObject({
      endpoint: 'http://h/v1',
      stream: true,
      apiKey: { kind: 'stdin' },
    });
    expect(command('chat --api-key-file - hi')).toMatchObject({ apiKey: { kind: 'stdin' } });
  });
});

test('the other commands are what they say', () => {
  expect(command('run --port 0')).toEqual({ kind: 'run', port: 0, asService: false });
  expect(command('run')).toEqual({ kind: 'run', port: undefined, asService: false });
  expect(command('run --as-service')).toMatchObject({ asService: true });
  expect(command('service install')).toEqual({
    kind: 'service',
    verb: 'install',
    scope: 'user',
    isDryRun: false,
  });
  expect(command('service uninstall --system --dry-run')).toMatchObject({
    verb: 'uninstall',
    scope: 'system',
    isDryRun: true,
  });
  expect(command('service status')).toMatchObject({ verb: 'status' });
  expect(complaint('service status --dry-run')).toContain('no such option');
  expect(complaint('run --port 65536')).toContain('0 to 65535');
  expect(complaint('run --port x')).toContain('0 to 65535');
  expect(command('wizard url --with-token')).toEqual({ kind: 'wizard-url', withToken: true });
  expect(command('models')).toEqual({ kind: 'models' });
  expect(command('models catalogue')).toEqual({ kind: 'models-catalogue' });
  expect(command('models list')).toEqual({ kind: 'models-list' });
  expect(command(`models install https://a.example/m --name m --sha256 ${'AB'.repeat(32)} --wait`)).toEqual({
    kind: 'models-install',
    source: 'https://a.example/m',
    id: 'm',
    sha256: 'ab'.repeat(32),
    wait: true,
  });
  expect(command('models pause ins_1')).toEqual({ kind: 'models-act', verb: 'pause', id: 'ins_1' });
  expect(command('models resume ins_1')).toMatchObject({ verb: 'resume' });
  expect(command('models cancel ins_1')).toMatchObject({ verb: 'cancel' });
  expect(command('models remove m')).toEqual({ kind: 'models-remove', model: 'm' });
  expect(complaint('models install a --sha256 x')).toContain('64 hex digits');
  expect(complaint('models install')).toContain('needs');
  expect(command('completion bash')).toEqual({ kind: 'completion' });
  expect(command('version')).toEqual({ kind: 'version' });
  expect(command('key list --all')).toEqual({ kind: 'key-list', all: true });
  expect(command('key revoke key_1')).toEqual({ kind: 'key-revoke', id: 'key_1' });
  expect(command('receipts list')).toEqual({ kind: 'receipts-list', limit: 20 });
  expect(complaint('receipts list --limit 201')).toContain('from 1 to 200');
  expect(command('receipts show 7 --out f')).toEqual({ kind: 'receipts-show', id: '7', out: 'f' });
  expect(command('identity show')).toEqual({ kind: 'identity-show' });
  expect(command('identity backup --to f')).toEqual({ kind: 'identity-backup', to: 'f' });
  expect(complaint('identity backup')).toContain('--to FILE is needed');
  expect(command('identity restore --from f')).toEqual({ kind: 'identity-restore', from: 'f' });
  expect(command('identity renew')).toEqual({ kind: 'identity-renew', confirmed: false });
});

test('receipts verify takes one subject and one key', () => {
  const hex = 'ab'.repeat(32);
  expect(command('receipts verify')).toMatchObject({ file: undefined, proof: undefined, trusted: undefined });
  expect(command(`receipts verify --proof p --public-key ${hex}`)).toMatchObject({
    proof: 'p',
    trusted: { kind: 'hex', hex },
  });
  expect(command('receipts verify --file f --identity-file i')).toMatchObject({
    file: 'f',
    trusted: { kind: 'file', path: 'i' },
  });
  expect(complaint('receipts verify --public-key 12')).toContain('64 hex digits');
  expect(complaint('receipts verify --proof p --file f')).toContain('exclude');
  expect(complaint(`receipts verify --public-key ${hex} --identity-file i`)).toContain('exclude');
});

test('no command line breaks the parser', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.boolean(), (argv, stdinIsTTY) => {
      planCommand(argv, { stdinIsTTY, hasTokenVariable: !stdinIsTTY });
    }),
  );
});
