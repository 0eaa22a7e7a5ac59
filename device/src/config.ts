/**
 * Everything the agent can be told, in one place: defaults < files < environment, one frozen object.
 * The only reader of the environment. An unknown key or a bad value stops the start and names it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CodedError } from './errors.ts';
import { inheritedDescriptors } from './os/inherited.ts';
import { LOG_LEVELS } from './os/log.ts';
import { ownFile } from './os/own-files.ts';

/** An absolute path without `..`. */
const folder = z.string().regex(/^\/(?!.*(?:^|\/)\.\.(?:\/|$))[^\0]{1,200}$/, 'must be an absolute path');

const configSchema = z.strictObject({
  /** A Host runs on somebody's computer; an appliance is the whole machine. */
  kind: z.enum(['host', 'appliance']).default('host'),
  /** Loopback unless the owner opens it. */
  listen_address: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  listen_port: z.int().min(0).max(65_535).default(8831),
  /** Further names this machine answers to, besides loopback and its own `.local` name. */
  host_names: z
    .array(z.string().regex(/^[a-z0-9.-]{1,253}$/))
    .max(32)
    .default([]),
  /** On a Host in a terminal only what needs attention, on an appliance what changes. */
  log_level: z.enum(LOG_LEVELS).optional(),
  /** GGUF to serve; the self-test model when left out. */
  model_file: z.string().min(1).optional(),
  /** Fetch models over plain http from this computer itself: for tests of downloads. Everything else is https. */
  models_from_loopback: z.boolean().default(false),
  /** Where the system mounts a stick with models on it; an appliance has such a place, a Host's owner names a path. */
  models_stick: folder.optional(),
  /** Context given to `model_file`: more costs memory, and a model was trained for so much and no more. */
  model_context_tokens: z.int().min(512).max(1_048_576).default(4_096),
  /** Engines with the same model, which share its load; each needs the model's memory. An appliance has seven for it. */
  engine_copies: z.int().min(1).max(7).default(1),
  /** Graphics cards for engines: each engine gets its own, a large model several. Left out, the units of an appliance use
   *  them, and an engine inside a Host does not: its usual build is made for processors. */
  engine_gpus: z.enum(['auto', 'none']).optional(),
  /** A model nobody used for so long is unloaded, and loaded by the next request; 0 keeps it loaded. */
  model_keep_alive_s: z.int().min(0).max(604_800).default(0),
  /** Memory for models that are loaded when needed; 0 = this machine's, less what the system wants. */
  model_memory_bytes: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  /** How long a request waits for a model that is being loaded. */
  load_wait_ms: z.int().min(1).max(600_000).default(60_000),
  /** Requests an engine works on at once. 4: more share the same two memory channels and only get slower. */
  engine_slots: z.int().min(1).max(64).default(4),
  /** 0 = physical cores − 1, at least 1: two threads on a busy two-core machine collapse. */
  engine_threads: z.int().min(0).max(256).default(0),
  /** 32 MiB holds a long context with pictures; more is a mistake or an attack. */
  max_body_bytes: z.int().min(1_024).max(1_073_741_824).default(33_554_432),
  queue_length: z.int().min(0).max(10_000).default(64),
  queue_wait_ms: z.int().min(1).max(600_000).default(60_000),
  /** An OpenTelemetry collector of the owner's, such as `http://127.0.0.1:4318`; metrics of calls go there each minute. */
  otlp_endpoint: z
    .url({ protocol: /^https?$/ })
    .refine(
      (text) => /^https?:\/\/[^/?#@]+(?:\/[^?#@]*)?$/.test(text),
      'must be an http or https address without a name, a question or a fragment',
    )
    .optional(),
  /** A simulated Wi-Fi radio, for developing the network step where there is none. Never on by default. */
  simulated_radio: z.boolean().default(false),
  /** Where the state lies; only the vendor's file may say it, for the others are found through it. */
  state_dir: folder.optional(),
  /** What others on this machine read and the agent writes while it runs; on a Host the state folder does. */
  runtime_dir: folder.optional(),
  /** The command line's way in; `control.sock` in the state folder when left out. */
  control_socket: folder.optional(),
  /** `embedded` is a child process of ours; `llama-server` a unit of the system, started by name. */
  engine: z.enum(['embedded', 'llama-server']).default('embedded'),
  /** Announce the short name where the agent listens (a Host: inside this computer), so that two are told apart. */
  announce: z.boolean().default(true),
});

/** Where Ollama keeps models: told, the user's, those of its Linux service. @see Ollama's FAQ, `OLLAMA_MODELS` */
function ollamaFolders(environment: Environment): readonly string[] {
  const home = environment.HOME || environment.USERPROFILE;
  return [
    ...(environment.OLLAMA_MODELS ? [environment.OLLAMA_MODELS] : []),
    ...(home ? [join(home, '.ollama', 'models')] : []),
    '/usr/share/ollama/.ollama/models',
    '/var/lib/ollama/.ollama/models',
  ];
}

export interface Config extends Readonly<z.infer<typeof configSchema>> {
  readonly stateDir: string;
  /** Where the command line gets in: a socket's path. */
  readonly controlSocket: string;
  /** systemd's folder of unsealed credentials, when there is one. */
  readonly credentialsDir: string | undefined;
  /** Folders that may be Ollama's; none on an appliance. */
  readonly ollamaFolders: readonly string[];
  /** Open descriptors a service manager handed over, by name. */
  readonly inherited: Readonly<Record<string, number>>;
  /** How often a service manager wants to hear from us, µs; `undefined` when it does not watch. */
  readonly watchdogUs: number | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where the state lies: `$B3IQ_STATE_DIR`, else what the vendor's file says, else the XDG state folder.
 * @throws config_invalid when the vendor's file cannot be read
 * @see XDG Base Directory Specification, `$XDG_STATE_HOME`; Windows calls a home `%USERPROFILE%`
 */
export function stateDir(environment: Environment, vendor = fromFile(ownFile('config'))): string {
  if (environment.B3IQ_STATE_DIR) return environment.B3IQ_STATE_DIR;
  if (typeof vendor.state_dir === 'string') return vendor.state_dir;
  const base =
    environment.XDG_STATE_HOME || join(environment.HOME || environment.USERPROFILE || '/', '.local', 'state');
  return join(base, 'b3iq');
}

/** Where the agent of this state folder can be asked: a folder that is not the vendor's has a socket of its own. */
export function controlSocket(environment: Environment, vendor = fromFile(ownFile('config'))): string {
  if (environment.B3IQ_CONTROL_SOCKET) return environment.B3IQ_CONTROL_SOCKET;
  const state = stateDir(environment, vendor);
  if (state === vendor.state_dir && typeof vendor.control_socket === 'string') return vendor.control_socket;
  return join(state, 'control.sock');
}

/** The environment of this process, for the programs that start by themselves. */
export const processEnvironment = (): Environment => process.env;

/** `B3IQ_LISTEN_PORT=9000` → `{ listen_port: 9000 }`; numbers, booleans and comma lists by the key's own type. */
function fromEnvironment(environment: Environment): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const key of Object.keys(configSchema.shape)) {
    const text = environment[`B3IQ_${key.toUpperCase()}`];
    if (text === undefined || text === '') continue;
    if (key === 'host_names') found[key] = text.split(',').map((name) => name.trim());
    else if (text === 'true' || text === 'false') found[key] = text === 'true';
    else found[key] = /^\d+$/.test(text) ? Number(text) : text;
  }
  return found;
}

function fromFile(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}; // node:fs throws nothing else
    throw new CodedError('config_invalid', `${path} cannot be read.`, { cause: error });
  }
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    throw new CodedError('config_invalid', `${path} is not one JSON object.`, { cause });
  }
}

/** Key, value and what is allowed, a sentence for each fault. There are no secrets among the keys. */
function sentences({ issues }: z.ZodError, from: Readonly<Record<string, unknown>>): string {
  return issues
    .flatMap((issue) => {
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map(
          (key) => `There is no key ${key}. Known are ${Object.keys(configSchema.shape).join(', ')}.`,
        );
      const key = String(issue.path[0]);
      return `${key} is ${shown(key, from[key])}. ${issue.message.replace(/\.$/, '')}.`;
    })
    .join(' ');
}

/** A wrong value as it came; an address may hold a password, and this sentence goes into logs. */
function shown(key: string, value: unknown): string {
  return key.endsWith('_endpoint') ? 'not an address that can be used' : JSON.stringify(value);
}

/**
 * @param environment  such as `process.env`
 * @param overrides  command-line options, strongest
 * @throws config_invalid naming the key, what came and what is allowed
 */
export function readConfig(
  environment: Environment,
  overrides: Readonly<Record<string, unknown>> = {},
): Config {
  const vendor = fromFile(ownFile('config'));
  const state = stateDir(environment, vendor);
  const merged = {
    ...vendor,
    ...fromFile(join(state, 'config.json')),
    ...fromEnvironment(environment),
    ...overrides,
  };
  const parsed = configSchema.safeParse(merged);
  if (!parsed.success) throw new CodedError('config_invalid', sentences(parsed.error, merged));
  const watched = Number(environment.WATCHDOG_USEC);
  return Object.freeze({
    ...parsed.data,
    stateDir: state,
    controlSocket: controlSocket(environment, vendor),
    credentialsDir: environment.CREDENTIALS_DIRECTORY,
    ollamaFolders: parsed.data.kind === 'host' ? ollamaFolders(environment) : [],
    inherited: inheritedDescriptors(environment, process.pid),
    watchdogUs: Number.isInteger(watched) && watched > 0 ? watched : undefined,
  });
}
