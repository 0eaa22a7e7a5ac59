/**
 * Every command of `b3iq-host` as data: its words, options, help and examples.
 * Separate so that parsing, `--help` and shell completion read one list and can never disagree.
 */

export interface OptionSpec {
  /** Without dashes. */
  readonly name: string;
  readonly short?: string;
  /** Placeholder of its value; an option without one is a switch. */
  readonly value?: string;
  /** May be given more than once. */
  readonly many?: true;
  readonly help: string;
}

export interface CommandSpec {
  /** Words that name it, separated by one space. */
  readonly name: string;
  /** Operands as shown in the usage line, and how many there may be. */
  readonly operands?: { readonly shown: string; readonly min: number; readonly max: number };
  readonly summary: string;
  /** What a person should know before using it; plain sentences. */
  readonly about?: string;
  readonly options?: readonly OptionSpec[];
  readonly examples: readonly string[];
}

export const PROGRAM = 'b3iq-host';

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { name: 'json', help: 'answer as JSON on stdout; errors as JSON on stderr' },
  { name: 'quiet', short: 'q', help: 'no words around the answer' },
  { name: 'state-dir', value: 'DIR', help: 'where the machine keeps its state' },
  { name: 'help', short: 'h', help: 'how to use this command' },
];

const MODEL: OptionSpec = { name: 'model', value: 'MODEL', help: 'model to ask; see `b3iq-host models`' };
const PUBLIC_KEY: OptionSpec = {
  name: 'public-key',
  value: 'HEX',
  help: 'the machine’s public key, 64 hex digits; see `b3iq-host identity show`',
};

const SYSTEM: OptionSpec = { name: 'system', help: 'the service of the whole computer; needs root' };
const DRY_RUN: OptionSpec = { name: 'dry-run', help: 'print what would be done, and do nothing' };

export const COMMANDS = [
  {
    name: 'run',
    summary: 'start the agent and stay with it until Ctrl-C',
    about: 'Everything else here talks to a running agent.',
    options: [
      { name: 'port', value: 'N', help: 'port of the page and the API on 127.0.0.1' },
      { name: 'as-service', help: 'for a service manager: a log instead of words, and no setup link' },
    ],
    examples: ['b3iq-host run'],
  },
  {
    name: 'service install',
    summary: 'have this computer run the agent by itself',
    about:
      'A service of yours: a systemd user unit, a launchd agent or a scheduled task. With --system one of the whole computer, started with it; that needs root. Doing it twice is the same as once, and a service file that was changed by hand is kept.',
    options: [SYSTEM, DRY_RUN],
    examples: ['b3iq-host service install', 'sudo b3iq-host service install --system'],
  },
  {
    name: 'service uninstall',
    summary: 'undo `service install`',
    about:
      'Stops the agent and removes its service file. Everything the machine knows stays in its state folder.',
    options: [SYSTEM, DRY_RUN],
    examples: ['b3iq-host service uninstall', 'b3iq-host service uninstall --dry-run'],
  },
  {
    name: 'service status',
    summary: 'whether the service is installed, runs and answers',
    options: [SYSTEM],
    examples: ['b3iq-host service status', 'b3iq-host service status --json'],
  },
  {
    name: 'wizard url',
    summary: 'print the address of the setup page',
    about:
      'With --with-token the address carries a fresh setup token, and links printed earlier stop working. The token lets whoever opens the link claim this machine: treat it like a password. On a machine that has an owner, the link sets a new password instead, and the recovery code kept before stops working.',
    options: [{ name: 'with-token', help: 'mint a setup token and put it into the address' }],
    examples: ['b3iq-host wizard url --with-token', 'xdg-open "$(b3iq-host wizard url)"'],
  },
  {
    name: 'claim',
    summary: 'become the owner of this machine without a browser',
    about:
      'The setup token comes from --token-file, from $B3IQ_SETUP_TOKEN, or is minted on the spot with --mint. The recovery code is shown once: it sets a new password when the old one is lost. At a terminal, without a password option, the password is asked for and not shown.',
    options: [
      { name: 'owner', value: 'NAME', help: 'the owner’s name, 1 to 64 characters' },
      { name: 'password-stdin', help: 'read the password (10 to 256 characters) from stdin' },
      { name: 'password-file', value: 'FILE', help: 'read the password from a file' },
      { name: 'token-file', value: 'FILE', help: 'read the setup token or link from a file; - is stdin' },
      { name: 'mint', help: 'let the agent mint the setup token' },
      {
        name: 'recovery-code-file',
        value: 'FILE',
        help: 'write the recovery code there, readable by you alone',
      },
    ],
    examples: [
      'b3iq-host claim --owner Anna --mint',
      'b3iq-host claim --owner Anna --password-stdin --token-file token.txt < password.txt',
      'CODE=$(b3iq-host claim --owner Anna --password-file password.txt --mint --quiet)',
    ],
  },
  {
    name: 'status',
    summary: 'how the machine is doing',
    examples: ['b3iq-host status', 'b3iq-host status --json'],
  },
  {
    name: 'models list',
    summary: 'the models on the disk, how they fit, and those on their way',
    examples: ['b3iq-host models list'],
  },
  {
    name: 'models catalogue',
    summary: 'models this version knows, and how each would fit this machine',
    examples: ['b3iq-host models catalogue'],
  },
  {
    name: 'models install',
    operands: { shown: 'SOURCE', min: 1, max: 1 },
    summary: 'install a model by its name in the catalogue, from an https address or from a file',
    about:
      'GGUF and safetensors only. ollama:NAME takes what Ollama already has here, without fetching it again. It goes on by itself, through broken lines and restarts, when this command has ended. With --sha256 it is held to that hash; else to what arrives now. The header is judged before anything loads the file.',
    options: [
      { name: 'name', value: 'NAME', help: 'the name clients use; made from the source unless told' },
      { name: 'sha256', value: 'HEX', help: 'what the file must be, 64 hex digits' },
      { name: 'wait', help: 'stay until it is installed or has stopped' },
    ],
    examples: [
      'b3iq-host models install qwen3-8b --wait',
      'b3iq-host models install ollama:qwen3:8b',
      'b3iq-host models install https://example.com/model.gguf',
      'b3iq-host models install /media/stick/model.gguf --name mine',
    ],
  },
  {
    name: 'models pause',
    operands: { shown: 'ID', min: 1, max: 1 },
    summary: 'pause an installation; what is here stays',
    about: 'ID is the beginning of its id, or the model’s name.',
    examples: ['b3iq-host models pause ins_01'],
  },
  {
    name: 'models resume',
    operands: { shown: 'ID', min: 1, max: 1 },
    summary: 'let a paused or failed installation go on',
    examples: ['b3iq-host models resume ins_01'],
  },
  {
    name: 'models cancel',
    operands: { shown: 'ID', min: 1, max: 1 },
    summary: 'end an installation and delete what was fetched',
    examples: ['b3iq-host models cancel ins_01'],
  },
  {
    name: 'models remove',
    operands: { shown: 'MODEL', min: 1, max: 1 },
    summary: 'remove an installed model from the disk',
    about:
      'MODEL is its name, or the first eight or more digits of its SHA-256. A model that is served stays.',
    examples: ['b3iq-host models remove qwen3-8b'],
  },
  {
    name: 'models',
    summary: 'the models this machine serves and what they can do',
    examples: ['b3iq-host models'],
  },
  // Before `benchmark`, which would else take their second word for an operand.
  {
    name: 'benchmark list',
    summary: 'what was measured before',
    examples: ['b3iq-host benchmark list'],
  },
  {
    name: 'benchmark export',
    operands: { shown: '[ID]', min: 0, max: 1 },
    summary: 'a result as a signed document',
    about:
      'The newest result unless an ID is given; its end is enough. The document is signed by this machine and says that nobody else has measured it.',
    options: [{ name: 'out', value: 'FILE', help: 'write it to a file to hand on' }],
    examples: ['b3iq-host benchmark export --out benchmark.json'],
  },
  {
    name: 'benchmark',
    summary: 'measure what this machine does with each model',
    about:
      'How fast it writes and reads, how soon an answer begins, and what is left for each when several ask at once. It takes some minutes, and needs the machine to itself: it does not begin while other requests are served. Ctrl-C ends it.',
    options: [
      { name: 'model', value: 'MODEL', help: 'only this model; see `b3iq-host models`' },
      { name: 'anyway', help: 'also beside other requests; the result then says so' },
    ],
    examples: ['b3iq-host benchmark', 'b3iq-host benchmark --json'],
  },
  {
    name: 'engines list',
    summary: 'the engines of this machine, and those found on this computer',
    about: 'An engine that was found is offered here and used only once you add it.',
    examples: ['b3iq-host engines list'],
  },
  {
    name: 'engines add',
    operands: { shown: 'NAME URL', min: 2, max: 2 },
    summary: 'use an engine that runs already: Ollama, vLLM, SGLang, LM Studio, llama-server',
    about:
      'Its models are tried with a few tokens and appear as NAME/model. A key with a budget of tokens may use them only where the engine can count a prompt, as vLLM and llama-server do.',
    options: [
      { name: 'kind', value: 'KIND', help: 'openai (unless told) or ollama' },
      { name: 'api-key-file', value: 'FILE', help: 'read the engine’s key from a file' },
      { name: 'api-key-stdin', help: 'the same, from stdin' },
    ],
    examples: [
      'b3iq-host engines add ollama http://127.0.0.1:11434 --kind ollama',
      'b3iq-host engines add gpu https://gpu.local:8000/v1 --api-key-file key.txt',
    ],
  },
  {
    name: 'engines remove',
    operands: { shown: 'NAME', min: 1, max: 1 },
    summary: 'use an engine no longer; nothing of it is changed',
    examples: ['b3iq-host engines remove ollama'],
  },
  {
    name: 'key create',
    summary: 'make a key for an app',
    about:
      'The key is shown once, alone on stdout. Limits left out are no limits. Counts may be written 600, 50k or 2M.',
    options: [
      { name: 'name', value: 'NAME', help: 'what the key is for, so that you know it again' },
      { name: 'model', value: 'MODEL', many: true, help: 'only this model; may be repeated' },
      { name: 'scope', value: 'SCOPE', many: true, help: 'inference (unless told) or metrics' },
      { name: 'requests-per-minute', value: 'N', help: 'at most N requests a minute' },
      { name: 'tokens-per-day', value: 'N', help: 'at most N tokens a day' },
      { name: 'concurrency', value: 'N', help: 'at most N requests at once' },
      { name: 'priority', value: 'WHICH', help: 'first, normal (unless told) or background' },
      { name: 'expires-in', value: 'TIME', help: 'such as 30d, 12h or 1d12h' },
      { name: 'expires-at', value: 'TIME', help: 'such as 2027-01-31 (UTC) or 2027-01-31T18:00:00Z' },
      { name: 'secret-file', value: 'FILE', help: 'write the key there, readable by you alone' },
    ],
    examples: [
      'KEY=$(b3iq-host key create --name laptop --quiet)',
      'b3iq-host key create --name website --tokens-per-day 2M --expires-in 30d',
    ],
  },
  {
    name: 'key change',
    operands: { shown: 'ID', min: 1, max: 1 },
    summary: 'change what a key may do, from its next request on',
    about:
      'What is left out stays as it is, and so does the key itself. `none` takes a limit away. The beginning of an id is enough when only one key has it.',
    options: [
      { name: 'name', value: 'NAME', help: 'what the key is for' },
      { name: 'model', value: 'MODEL', many: true, help: 'only this model; may be repeated' },
      { name: 'every-model', help: 'every model, also later ones' },
      { name: 'scope', value: 'SCOPE', many: true, help: 'inference or metrics; may be repeated' },
      { name: 'requests-per-minute', value: 'N', help: 'at most N requests a minute, or none' },
      { name: 'tokens-per-day', value: 'N', help: 'at most N tokens a day, or none' },
      { name: 'concurrency', value: 'N', help: 'at most N requests at once, or none' },
      { name: 'priority', value: 'WHICH', help: 'first, normal or background' },
      { name: 'expires-in', value: 'TIME', help: 'such as 30d, 12h or 1d12h, from now' },
      { name: 'expires-at', value: 'TIME', help: 'such as 2027-01-31 (UTC), or none' },
    ],
    examples: [
      'b3iq-host key change key_01JD7Q --priority first --tokens-per-day none',
      'b3iq-host key change key_01JD7Q --expires-in 90d',
    ],
  },
  {
    name: 'key list',
    summary: 'the keys of this machine',
    options: [{ name: 'all', help: 'also revoked and expired ones' }],
    examples: ['b3iq-host key list'],
  },
  {
    name: 'key revoke',
    operands: { shown: 'ID', min: 1, max: 1 },
    summary: 'end a key; its next request is refused',
    about: 'The beginning of an id is enough when only one key has it.',
    examples: ['b3iq-host key revoke key_01JD7Q'],
  },
  {
    name: 'origin list',
    summary: 'pages of other sites that may call this machine from a browser',
    examples: ['b3iq-host origin list'],
  },
  {
    name: 'origin add',
    operands: { shown: 'ORIGIN', min: 1, max: 1 },
    summary: 'let pages of a site call this machine from a browser',
    about:
      'Without it no page of another site can read what the machine answers. The page still needs a key, and whoever opens the page can read a key that is in it. ORIGIN is exact: scheme, name and port.',
    examples: ['b3iq-host origin add https://app.example', 'b3iq-host origin add http://localhost:3000'],
  },
  {
    name: 'origin remove',
    operands: { shown: 'ORIGIN', min: 1, max: 1 },
    summary: 'take that back',
    examples: ['b3iq-host origin remove https://app.example'],
  },
  {
    name: 'chat',
    operands: { shown: '[PROMPT…]', min: 0, max: 1000 },
    summary: 'ask the machine something',
    about:
      'Without a prompt it is read from stdin, and at a terminal a conversation begins. With an API key the question takes the road an app takes; without one it goes through the control socket. Ctrl-C stops the answer, then the program.',
    options: [
      MODEL,
      { name: 'system', value: 'TEXT', help: 'a system message before the prompt' },
      { name: 'max-tokens', value: 'N', help: 'end the answer after N tokens' },
      { name: 'api-key-file', value: 'FILE', help: 'read an API key from a file and use the public API' },
      { name: 'api-key-stdin', help: 'the same, from stdin; the prompt must then be given as words' },
      { name: 'endpoint', value: 'URL', help: 'address of the public API, unless the agent tells it' },
      { name: 'stream', help: 'with --json: one JSON object a line while the answer is made' },
    ],
    examples: [
      'b3iq-host chat "Does my data leave this machine?"',
      'b3iq-host chat --api-key-file key.txt --json "Hello"',
      'b3iq-host chat --system "Summarise in one sentence." < notes.txt',
    ],
  },
  {
    name: 'receipts list',
    summary: 'the newest receipts',
    options: [{ name: 'limit', value: 'N', help: 'how many, 1 to 200; 20 unless told' }],
    examples: ['b3iq-host receipts list --limit 50'],
  },
  {
    name: 'receipts show',
    operands: { shown: 'ID', min: 1, max: 1 },
    summary: 'one receipt with its proof',
    about: 'ID is the receipt’s id, or its number in the list.',
    options: [{ name: 'out', value: 'FILE', help: 'write the proof to a file to hand on' }],
    examples: ['b3iq-host receipts show 42', 'b3iq-host receipts show 42 --out receipt.json'],
  },
  {
    name: 'receipts verify',
    summary: 'prove the whole chain of receipts, or one receipt',
    about:
      'While the agent runs, it walks the chain itself. With --file, or when the agent is stopped, the ledger is read here. With --proof one receipt is checked alone, on any computer. Exit 1 means that something does not fit, and says where. A tail that was cut off cannot be seen from the chain alone.',
    options: [
      {
        name: 'file',
        value: 'FILE',
        help: 'a ledger.sqlite to read here, with its -wal file beside it if there is one',
      },
      PUBLIC_KEY,
      { name: 'identity-file', value: 'FILE', help: 'take the public key from this identity file' },
      { name: 'proof', value: 'FILE', help: 'a proof made by `receipts show --out`' },
    ],
    examples: [
      'b3iq-host receipts verify',
      'b3iq-host receipts verify --file ledger.sqlite --public-key 3b6a27…',
      'b3iq-host receipts verify --proof receipt.json --public-key 3b6a27…',
    ],
  },
  {
    name: 'receipts set-aside',
    summary: 'put a damaged ledger away and begin a new one',
    about:
      'For a ledger that cannot be gone on with, as the agent then says for every call. The damaged file stays beside the new one. What keys used today is counted anew. A ledger that is in order is left as it is.',
    options: [],
    examples: ['b3iq-host receipts set-aside'],
  },
  {
    name: 'usage',
    summary: 'what each key used, by model and day',
    about: 'From the receipts. Days are UTC, both included; the last 30 unless told, 366 at most.',
    options: [
      { name: 'from', value: 'DAY', help: 'such as 2026-11-01' },
      { name: 'to', value: 'DAY', help: 'such as 2026-11-30' },
      { name: 'csv', help: 'as CSV, for a spreadsheet' },
    ],
    examples: ['b3iq-host usage', 'b3iq-host usage --from 2026-11-01 --csv'],
  },
  {
    name: 'support bundle',
    summary: 'what somebody who helps you needs to know, as one file',
    about:
      'Without --out it lists what would be in the file and makes nothing. Versions, readings of a week, limits and events are in it; prompts, keys, names, addresses and paths are not. Nothing is sent anywhere.',
    options: [{ name: 'out', value: 'FILE', help: 'make it, as a .tar.gz readable by you alone' }],
    examples: ['b3iq-host support bundle', 'b3iq-host support bundle --out support.tar.gz'],
  },
  {
    name: 'grant create',
    summary: 'let somebody look at this machine’s diagnostics for a while',
    about:
      'A support grant opens the support bundle and the health readings, and nothing else: no prompt, no key, no change. Its token is shown once, alone on stdout. It ends by itself, after a day unless told, and at once when it is revoked.',
    options: [
      { name: 'name', value: 'NAME', help: 'whom it is for, so that you know it again' },
      { name: 'expires-in', value: 'TIME', help: 'from 5m to 7d; 1d unless told' },
      { name: 'secret-file', value: 'FILE', help: 'write the token there, readable by you alone' },
    ],
    examples: ['b3iq-host grant create --name "Grace, support" --expires-in 4h'],
  },
  {
    name: 'grant list',
    summary: 'who was let look, until when, and when they last did',
    examples: ['b3iq-host grant list'],
  },
  {
    name: 'grant revoke',
    operands: { shown: 'ID', min: 1, max: 1 },
    summary: 'end a support grant; its next request is refused',
    about: 'The end of an id, as `grant list` shows it, is enough when only one grant has it.',
    examples: ['b3iq-host grant revoke grant_01JD7QABCDEFGHJKMNPQ7F3KQ2'],
  },
  {
    name: 'identity show',
    summary: 'who this machine is: its name, node id and public key',
    examples: ['b3iq-host identity show'],
  },
  {
    name: 'identity backup',
    summary: 'copy the machine’s private key to a file',
    about:
      'Whoever has this file can pretend to be this machine. It is written readable by you alone; keep it off the machine.',
    options: [{ name: 'to', value: 'FILE', help: 'where to write it; an existing file is never replaced' }],
    examples: ['b3iq-host identity backup --to /media/stick/b3iq-identity.json'],
  },
  {
    name: 'identity restore',
    summary: 'put a backed-up private key back; the agent must be stopped',
    options: [{ name: 'from', value: 'FILE', help: 'a file made by `identity backup`' }],
    examples: ['b3iq-host identity restore --from /media/stick/b3iq-identity.json'],
  },
  {
    name: 'identity renew',
    summary: 'give the machine a new identity; the agent must be stopped',
    about:
      'For a machine whose key is lost for good. It becomes another machine to everyone who knew it: receipts signed so far stay valid under the old key only.',
    options: [{ name: 'yes', help: 'say that this is meant' }],
    examples: ['b3iq-host identity renew --yes'],
  },
  { name: 'version', summary: 'print the version', examples: ['b3iq-host version'] },
  {
    name: 'completion bash',
    summary: 'print a completion script for bash',
    examples: ['source <(b3iq-host completion bash)'],
  },
  {
    name: 'help',
    operands: { shown: '[COMMAND…]', min: 0, max: 2 },
    summary: 'how to use a command',
    examples: ['b3iq-host help key create'],
  },
] as const satisfies readonly CommandSpec[];

export type CommandName = (typeof COMMANDS)[number]['name'];

/** The same list without its literal types, for code that treats all commands alike. */
export const COMMAND_LIST: readonly (CommandSpec & { readonly name: CommandName })[] = COMMANDS;

/**
 * Options people try and that are refused, because argv can be read by every program on the computer and stays in
 * the shell's history: what to use instead.
 */
export const SECRET_OPTIONS: Readonly<Record<string, string>> = {
  password: '--password-stdin or --password-file FILE',
  token: '--token-file FILE or $B3IQ_SETUP_TOKEN',
  'setup-token': '--token-file FILE or $B3IQ_SETUP_TOKEN',
  'api-key': '--api-key-file FILE or --api-key-stdin',
  secret: 'a file or stdin',
  'recovery-code': 'a file or stdin',
};
