/**
 * argv → the one thing to do. Pure: every combination of options is decided here, before anything is touched.
 * Separate from the actions so that a refused command line has, provably, changed nothing.
 */
import {
  ENGINE_KINDS,
  GRANT_LIFE_S,
  KEY_PRIORITIES,
  KEY_SCOPES,
  type KeyPriority,
  type KeyScope,
} from '@b3iq/wire/local-api';
import { readArguments, type Values } from './arguments.ts';
import type { CommandName } from './commands.ts';
import { parseCount, parseDuration, parseEndpoint, parsePublicKey } from './parse.ts';
import type { Command, Expiry, SecretSource, TrustedKey, Understood } from './types.ts';

/** What is wrong with a command line; a value inside this file, never seen outside. */
class Wrong extends Error {}

/** What the terminal tells about stdin; a password can only be asked for where somebody can type. */
export interface Surroundings {
  readonly stdinIsTTY: boolean;
  /** `$B3IQ_SETUP_TOKEN` is set. */
  readonly hasTokenVariable: boolean;
}

/** @param argv  without the program's own name */
export function planCommand(argv: readonly string[], around: Surroundings): Understood {
  const json = argv.includes('--json');
  const read = readArguments(argv);
  if (read.kind === 'wrong') return { kind: 'usage', message: read.message, json };
  if (read.kind === 'help')
    return {
      kind: 'command',
      command: { kind: 'help', topic: read.topic },
      globals: { json, quiet: false, stateDir: undefined },
    };
  const { name, values, operands } = read;
  const globals = {
    json: has(values, 'json'),
    quiet: has(values, 'quiet'),
    stateDir: one(values, 'state-dir'),
  };
  try {
    return { kind: 'command', command: commandOf(name, values, operands, around), globals };
  } catch (error) {
    if (error instanceof Wrong) return { kind: 'usage', message: error.message, json };
    throw error;
  }
}

function commandOf(
  name: CommandName,
  values: Values,
  operands: readonly string[],
  around: Surroundings,
): Command {
  switch (name) {
    case 'help':
      return { kind: 'help', topic: operands.join(' ') };
    case 'version':
      return { kind: 'version' };
    case 'completion bash':
      return { kind: 'completion' };
    case 'run':
      return { kind: 'run', port: port(values), asService: has(values, 'as-service') };
    case 'service install':
      return service('install', values);
    case 'service uninstall':
      return service('uninstall', values);
    case 'service status':
      return service('status', values);
    case 'wizard url':
      return { kind: 'wizard-url', withToken: has(values, 'with-token') };
    case 'claim':
      return claim(values, around);
    case 'status':
      return { kind: 'status' };
    case 'models':
      return { kind: 'models' };
    case 'models list':
      return { kind: 'models-list' };
    case 'models catalogue':
      return { kind: 'models-catalogue' };
    case 'models install':
      return {
        kind: 'models-install',
        source: operands[0] ?? '',
        id: one(values, 'name'),
        sha256: digest(values),
        wait: has(values, 'wait'),
      };
    case 'models pause':
      return { kind: 'models-act', verb: 'pause', id: operands[0] ?? '' };
    case 'models resume':
      return { kind: 'models-act', verb: 'resume', id: operands[0] ?? '' };
    case 'models cancel':
      return { kind: 'models-act', verb: 'cancel', id: operands[0] ?? '' };
    case 'models remove':
      return { kind: 'models-remove', model: operands[0] ?? '' };
    case 'benchmark':
      return { kind: 'benchmark', model: one(values, 'model'), anyway: has(values, 'anyway') };
    case 'benchmark list':
      return { kind: 'benchmark-list' };
    case 'benchmark export':
      return { kind: 'benchmark-export', id: operands[0] ?? 'latest', to: one(values, 'out') };
    case 'engines list':
      return { kind: 'engines-list' };
    case 'engines add':
      return enginesAdd(values, operands);
    case 'engines remove':
      return { kind: 'engines-remove', name: operands[0] ?? '' };
    case 'key create':
      return keyCreate(values);
    case 'key change':
      return keyChange(values, operands[0] ?? '');
    case 'key list':
      return { kind: 'key-list', all: has(values, 'all') };
    case 'key revoke':
      return { kind: 'key-revoke', id: operands[0] ?? '' };
    case 'origin list':
      return { kind: 'origins', change: undefined };
    case 'origin add':
      return { kind: 'origins', change: { verb: 'add', origin: operands[0] ?? '' } };
    case 'origin remove':
      return { kind: 'origins', change: { verb: 'remove', origin: operands[0] ?? '' } };
    case 'chat':
      return chat(values, operands, around);
    case 'receipts list':
      return { kind: 'receipts-list', limit: count(values, 'limit', 200) ?? 20 };
    case 'receipts show':
      return { kind: 'receipts-show', id: operands[0] ?? '', out: one(values, 'out') };
    case 'receipts set-aside':
      return { kind: 'receipts-set-aside' };
    case 'receipts verify':
      return verify(values);
    case 'usage':
      return usage(values);
    case 'support bundle':
      return { kind: 'support-bundle', to: one(values, 'out') };
    case 'grant create':
      return grantCreate(values);
    case 'grant list':
      return { kind: 'grant-list' };
    case 'grant revoke':
      return { kind: 'grant-revoke', id: operands[0] ?? '' };
    case 'identity show':
      return { kind: 'identity-show' };
    case 'identity backup':
      return { kind: 'identity-backup', to: needed(values, 'to', 'FILE') };
    case 'identity restore':
      return { kind: 'identity-restore', from: needed(values, 'from', 'FILE') };
    case 'identity renew':
      return { kind: 'identity-renew', confirmed: has(values, 'yes') };
  }
}

const service = (verb: 'install' | 'uninstall' | 'status', values: Values): Command => ({
  kind: 'service',
  verb,
  scope: has(values, 'system') ? 'system' : 'user',
  isDryRun: has(values, 'dry-run'),
});

function claim(values: Values, around: Surroundings): Command {
  const owner = needed(values, 'owner', 'NAME');
  exclusive(values, 'password-stdin', 'password-file');
  exclusive(values, 'token-file', 'mint');
  const passwordFile = one(values, 'password-file');
  const tokenFile = one(values, 'token-file');
  const password: SecretSource = has(values, 'password-stdin')
    ? { kind: 'stdin' }
    : passwordFile !== undefined
      ? fileOrStdin(passwordFile)
      : { kind: 'prompt' };
  if (password.kind === 'prompt' && !around.stdinIsTTY)
    throw new Wrong('A password is needed: use --password-stdin or --password-file FILE.');
  const secret = has(values, 'mint')
    ? ({ kind: 'mint' } as const)
    : tokenFile !== undefined
      ? fileOrStdin(tokenFile)
      : ({ kind: 'environment' } as const);
  if (secret.kind === 'environment' && !around.hasTokenVariable)
    throw new Wrong('A setup token is needed: use --token-file FILE, $B3IQ_SETUP_TOKEN, or --mint.');
  if (secret.kind === 'stdin' && password.kind !== 'file')
    throw new Wrong(
      'The password and the setup token cannot both come from stdin: give one of them as a file.',
    );
  return { kind: 'claim', owner, password, secret, recoveryCodeFile: one(values, 'recovery-code-file') };
}

function enginesAdd(values: Values, [name = '', url = '']: readonly string[]): Command {
  const typed = one(values, 'kind') ?? 'openai';
  const engineKind = ENGINE_KINDS.find((kind) => kind === typed);
  if (engineKind === undefined) throw new Wrong(`--kind is one of ${ENGINE_KINDS.join(', ')}.`);
  // A password in the address would stay in the shell's history.
  if (/^[a-z]+:\/\/[^/]*@/i.test(url))
    throw new Wrong('The address may hold no password: use --api-key-file FILE or --api-key-stdin.');
  return { kind: 'engines-add', name, url, engineKind, apiKey: apiKeySource(values) };
}

function apiKeySource(values: Values): SecretSource | undefined {
  exclusive(values, 'api-key-file', 'api-key-stdin');
  const file = one(values, 'api-key-file');
  if (has(values, 'api-key-stdin')) return { kind: 'stdin' };
  return file === undefined ? undefined : fileOrStdin(file);
}

function keyCreate(values: Values): Command {
  exclusive(values, 'expires-in', 'expires-at');
  return {
    kind: 'key-create',
    name: needed(values, 'name', 'NAME'),
    scopes: keyScopes(values),
    models: many(values, 'model'),
    requestsPerMinute: count(values, 'requests-per-minute', 1_000_000),
    tokensPerDay: count(values, 'tokens-per-day', 10_000_000_000),
    concurrency: count(values, 'concurrency', 10_000),
    priority: priority(values),
    expiry: expiry(values),
    secretFile: one(values, 'secret-file'),
  };
}

function keyChange(values: Values, id: string): Command {
  exclusive(values, 'model', 'every-model');
  exclusive(values, 'expires-in', 'expires-at');
  const orNone = (name: string, max: number) =>
    one(values, name) === 'none' ? null : count(values, name, max);
  const change = {
    name: one(values, 'name'),
    scopes: keyScopes(values),
    models: has(values, 'every-model') ? null : many(values, 'model'),
    requestsPerMinute: orNone('requests-per-minute', 1_000_000),
    tokensPerDay: orNone('tokens-per-day', 10_000_000_000),
    concurrency: orNone('concurrency', 10_000),
    priority: priority(values),
    expiry: one(values, 'expires-at') === 'none' ? null : expiry(values),
  };
  if (Object.values(change).every((each) => each === undefined))
    throw new Wrong('Nothing to change is named, such as --priority first.');
  return { kind: 'key-change', id, ...change };
}

function keyScopes(values: Values): readonly KeyScope[] | undefined {
  const scopes = many(values, 'scope');
  for (const scope of scopes ?? [])
    if (!isScope(scope)) throw new Wrong(`--scope is one of ${KEY_SCOPES.join(', ')}.`);
  return scopes?.filter(isScope);
}

const isScope = (scope: string): scope is KeyScope => KEY_SCOPES.some((known) => known === scope);

function priority(values: Values): KeyPriority | undefined {
  const typed = one(values, 'priority');
  const known = KEY_PRIORITIES.find((each) => each === typed);
  if (typed !== undefined && known === undefined)
    throw new Wrong(`--priority is one of ${KEY_PRIORITIES.join(', ')}.`);
  return known;
}

function expiry(values: Values): Expiry | undefined {
  const at = one(values, 'expires-at');
  if (at !== undefined) return { kind: 'at', text: at };
  const within = one(values, 'expires-in');
  if (within === undefined) return undefined;
  const ms = parseDuration(within);
  if (ms === undefined)
    throw new Wrong('--expires-in is a time such as 30d, 12h or 1d12h, from 1s to ten years.');
  return { kind: 'in', ms };
}

function chat(values: Values, operands: readonly string[], around: Surroundings): Command {
  const apiKey = apiKeySource(values);
  const prompt = operands.length === 0 ? undefined : operands.join(' ');
  if (apiKey?.kind === 'stdin' && prompt === undefined)
    throw new Wrong('With the API key on stdin, give the prompt as words.');
  if (prompt === undefined && around.stdinIsTTY && has(values, 'json'))
    throw new Wrong('With --json, give the prompt as words or on stdin.');
  const stream = has(values, 'stream');
  if (stream && !has(values, 'json'))
    throw new Wrong('--stream goes with --json; without it the answer always streams.');
  const typed = one(values, 'endpoint');
  const endpoint = typed === undefined ? undefined : parseEndpoint(typed);
  if (typed !== undefined && endpoint === undefined)
    throw new Wrong('--endpoint is an address such as http://127.0.0.1:8831/v1.');
  if (endpoint !== undefined && apiKey === undefined)
    throw new Wrong('--endpoint needs an API key: use --api-key-file FILE or --api-key-stdin.');
  return {
    kind: 'chat',
    model: one(values, 'model'),
    apiKey,
    endpoint,
    system: one(values, 'system'),
    maxTokens: count(values, 'max-tokens', 1_000_000_000),
    stream,
    prompt,
  };
}

function verify(values: Values): Command {
  exclusive(values, 'file', 'proof');
  exclusive(values, 'public-key', 'identity-file');
  const typed = one(values, 'public-key');
  const hex = typed === undefined ? undefined : parsePublicKey(typed);
  if (typed !== undefined && hex === undefined) throw new Wrong('--public-key is 64 hex digits.');
  const path = one(values, 'identity-file');
  const trusted: TrustedKey | undefined =
    hex !== undefined ? { kind: 'hex', hex } : path !== undefined ? { kind: 'file', path } : undefined;
  return { kind: 'receipts-verify', file: one(values, 'file'), proof: one(values, 'proof'), trusted };
}

function grantCreate(values: Values): Command {
  const typed = one(values, 'expires-in');
  const ms = typed === undefined ? undefined : parseDuration(typed);
  const { least, most } = GRANT_LIFE_S;
  if (typed !== undefined && (ms === undefined || ms < least * 1000 || ms > most * 1000))
    throw new Wrong('--expires-in is a time from 5m to 7d, such as 4h.');
  return {
    kind: 'grant-create',
    name: needed(values, 'name', 'NAME'),
    expiresInS: ms === undefined ? undefined : Math.floor(ms / 1000),
    secretFile: one(values, 'secret-file'),
  };
}

function usage(values: Values): Command {
  exclusive(values, 'csv', 'json');
  return { kind: 'usage', from: day(values, 'from'), to: day(values, 'to'), isCsv: has(values, 'csv') };
}

function day(values: Values, name: 'from' | 'to'): string | undefined {
  const text = one(values, name);
  if (text !== undefined && !/^\d{4}-\d\d-\d\d$/.test(text))
    throw new Wrong(`--${name} is a day such as 2026-11-22.`);
  return text;
}

function port(values: Values): number | undefined {
  const text = one(values, 'port');
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new Wrong('--port is a number from 0 to 65535.');
  return Number(text);
}

const fileOrStdin = (path: string): SecretSource =>
  path === '-' ? { kind: 'stdin' } : { kind: 'file', path };
function digest(values: Values): string | undefined {
  const text = one(values, 'sha256')?.toLowerCase();
  if (text !== undefined && !/^[0-9a-f]{64}$/.test(text)) throw new Wrong('--sha256 is 64 hex digits.');
  return text;
}

const has = (values: Values, name: string): boolean => values[name] === true;
const many = (values: Values, name: string): readonly string[] | undefined => {
  const value = values[name];
  return value === true ? undefined : value;
};
const one = (values: Values, name: string): string | undefined => many(values, name)?.[0];

function needed(values: Values, name: string, shown: string): string {
  const value = one(values, name);
  if (value === undefined) throw new Wrong(`--${name} ${shown} is needed.`);
  return value;
}

function exclusive(values: Values, a: string, b: string): void {
  if (values[a] !== undefined && values[b] !== undefined)
    throw new Wrong(`--${a} and --${b} exclude each other: use one of them.`);
}

function count(values: Values, name: string, max: number): number | undefined {
  const text = one(values, name);
  if (text === undefined) return undefined;
  const value = parseCount(text);
  if (value === undefined || value > max)
    throw new Wrong(`--${name} is a whole number from 1 to ${max.toLocaleString('en-US')}.`);
  return value;
}
