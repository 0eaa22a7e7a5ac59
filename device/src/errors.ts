/**
 * The one list of everything that can go wrong and be told to somebody: code, HTTP status, title, what to do.
 * Each row has its row in docs/errors.md (kept in step by errors.test.ts); a retired code is never reused.
 */

interface ErrorRow {
  readonly status: number;
  readonly title: string;
  /** What the person or program that sees it can do. */
  readonly remedy: string;
  /** The same on an appliance, where nobody has a terminal: it names a page, the screen or the label. */
  readonly appliance?: string;
}
/** An ordinary computer of somebody's, or a machine that is wholly ours. */
export type MachineKind = 'host' | 'appliance';

export const ERRORS = {
  // Doors
  unauthorized: {
    status: 401,
    title: 'Not signed in, or the key is not known',
    remedy: 'Send a valid local key as `Authorization: Bearer …`, or sign in as the owner.',
  },
  key_expired: { status: 401, title: 'This key has expired', remedy: 'Make a new key on the dashboard.' },
  grant_expired: {
    status: 401,
    title: 'This support grant has expired',
    remedy: 'Ask the owner of the machine for a new one.',
  },
  key_scope_denied: {
    status: 403,
    title: 'This key may not do that',
    remedy: 'Use a key with the needed scope or model, or ask the owner for one.',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed from here',
    remedy: 'Use the machine’s own page or its command line.',
  },
  cross_origin_refused: {
    status: 403,
    title: 'Another site tried to call this machine',
    remedy: 'Open the machine’s own page; other sites may not call /api.',
  },
  host_not_allowed: {
    status: 421,
    title: 'This machine does not answer to that name',
    remedy: 'Use 127.0.0.1, localhost or the machine’s own name.',
  },
  node_unclaimed: {
    status: 403,
    title: 'This machine has no owner yet',
    remedy: 'Finish setup first: run `b3iq-host wizard url --with-token` and open the link.',
    appliance: 'Finish setup first: open its setup page. Its screen or label says where that is.',
  },
  identity_unavailable: {
    status: 503,
    title: 'The machine’s identity cannot be used',
    remedy: 'Restore the key, or accept a new identity: `b3iq-host identity --help`.',
    appliance:
      'Start the machine again. If this stays, its sealed key or the record of it is damaged, and only a factory reset from its boot menu may help; that destroys what its owner stored.',
  },
  // Claim and owner
  claim_secret_wrong: {
    status: 403,
    title: 'That setup code is not right',
    remedy: 'Check the link, or mint a fresh one with `b3iq-host wizard url --with-token`.',
    appliance: 'Look at the label or the machine’s screen again.',
  },
  claim_secret_expired: {
    status: 403,
    title: 'That setup link or code can not be used any more',
    remedy: 'Mint a fresh link with `b3iq-host wizard url --with-token`.',
    appliance: 'Start the machine again: it reads the record of its label at each start.',
  },
  claim_locked: { status: 429, title: 'Too many tries', remedy: 'Wait for the time given in Retry-After.' },
  already_claimed: {
    status: 409,
    title: 'This machine already has an owner',
    remedy: 'Sign in as the owner, or use the recovery code.',
  },
  sign_in_refused: {
    status: 401,
    title: 'Name or password is not right',
    remedy: 'Try again, or use the recovery code.',
  },
  sign_in_locked: { status: 429, title: 'Too many tries', remedy: 'Wait for the time given in Retry-After.' },
  recovery_code_wrong: {
    status: 403,
    title: 'That recovery code is not right',
    remedy: 'Check the code shown when the machine was claimed.',
  },
  // Input
  invalid_json: { status: 400, title: 'The body is not valid JSON', remedy: 'Send one UTF-8 JSON object.' },
  invalid_request: {
    status: 400,
    title: 'The request is not right',
    remedy: 'See the detail; nothing was changed.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    remedy: 'Send less: the limit is in the detail.',
  },
  body_too_deep: {
    status: 400,
    title: 'The body is nested too deeply',
    remedy: 'Nest arrays and objects less than 100 deep.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'This needs a JSON body',
    remedy: 'Send `content-type: application/json`.',
  },
  request_timeout: {
    status: 408,
    title: 'The request did not arrive in time',
    remedy: 'Send the whole request within the time limit.',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    remedy: 'Send at most 16 KiB of headers.',
  },
  not_found: { status: 404, title: 'There is nothing here', remedy: 'Check the address.' },
  method_not_allowed: { status: 405, title: 'Not with this method', remedy: 'See the `allow` header.' },
  grant_not_found: { status: 404, title: 'No support grant with that id', remedy: 'List the grants first.' },
  key_not_found: { status: 404, title: 'No key with that id', remedy: 'List the keys first.' },
  key_revoked: {
    status: 409,
    title: 'That key was revoked',
    remedy: 'Nothing was changed. Make a new key; a revoked one stays as it was.',
  },
  benchmark_running: {
    status: 409,
    title: 'A benchmark is running',
    remedy: 'Wait until it is done, or stop it.',
  },
  benchmark_busy: {
    status: 409,
    title: 'The machine is serving other requests',
    remedy:
      'A benchmark would disturb them, and they it. Wait a moment, or measure all the same: the result then says that it was disturbed.',
  },
  benchmark_not_found: {
    status: 404,
    title: 'No benchmark with that id',
    remedy: 'List the benchmarks first; only the newest 200 are kept.',
  },
  engine_not_found: { status: 404, title: 'No engine of that name', remedy: 'List the engines first.' },
  engine_name_taken: {
    status: 409,
    title: 'There is an engine of that name',
    remedy: 'Choose another name, or remove the other engine first.',
  },
  receipt_not_found: { status: 404, title: 'No receipt with that id', remedy: 'List the receipts first.' },
  // Inference
  model_not_found: {
    status: 404,
    title: 'This machine has no model of that name',
    remedy: 'Ask `GET /v1/models` for the names.',
  },
  capability_unavailable: {
    status: 501,
    title: 'No loaded engine can do that',
    remedy: 'Load a model that can; the detail names what is missing.',
  },
  context_length_exceeded: {
    status: 400,
    title: 'The prompt is longer than the model’s context',
    remedy: 'Shorten the prompt or choose a model with a longer context.',
  },
  rate_limit_exceeded: {
    status: 429,
    title: 'Too many requests with this key',
    remedy: 'Wait for the time given in Retry-After.',
  },
  concurrency_exceeded: {
    status: 429,
    title: 'Too many requests at once with this key',
    remedy: 'Wait for one to finish.',
  },
  token_budget_exceeded: {
    status: 429,
    title: 'This key has used its tokens for today',
    remedy: 'Wait for the time given in Retry-After, or raise the key’s limit.',
  },
  queue_full: {
    status: 429,
    title: 'The machine is busy',
    remedy: 'Try again after the time given in Retry-After.',
  },
  engine_starting: {
    status: 503,
    title: 'The engine is still starting',
    remedy: 'Try again after the time given in Retry-After.',
  },
  engine_unavailable: {
    status: 503,
    title: 'The engine is not running',
    remedy: 'See the dashboard for the reason; it restarts by itself.',
  },
  graphics_card_gone: {
    status: 503,
    title: 'The engine’s graphics card is gone',
    remedy: 'Switch the machine off and on; if it stays away, check the card’s seat and power cables.',
  },
  engine_failed: {
    status: 502,
    title: 'The engine failed while answering',
    remedy: 'Try again; the receipt says how far it came.',
  },
  engine_timeout: {
    status: 504,
    title: 'The engine did not answer in time',
    remedy: 'Try again with a shorter request.',
  },
  model_file_refused: {
    status: 422,
    title: 'The model file is damaged or not a model',
    remedy: 'Remove it or fetch it again.',
  },
  model_source_refused: {
    status: 422,
    title: 'Models cannot be fetched from there',
    remedy: 'Name an https address or a file of this machine; the detail says what was wrong.',
  },
  model_already_installed: {
    status: 409,
    title: 'That model is installed already',
    remedy: 'Use it, or remove it first to install it again.',
  },
  model_in_use: {
    status: 409,
    title: 'That model cannot be removed now',
    remedy: 'Wait until it has answered; for the machine’s own model, name another one first.',
  },
  install_not_found: {
    status: 404,
    title: 'No installation with that id',
    remedy: 'List the models first; a finished installation is a model.',
  },
  install_not_possible: {
    status: 409,
    title: 'The installation is not in a state for that',
    remedy: 'Look at its state and try what that allows.',
  },
  // The machine itself
  store_corrupt: {
    status: 500,
    title: 'Settings could not be read and no good copy was found',
    remedy: 'Restore settings.json from a backup; see docs/errors.md.',
    appliance:
      'Switch it off and on. If this stays, five short presses of its power button erase everything on it and set it up anew.',
  },
  store_write_failed: {
    status: 507,
    title: 'The change could not be written to disk',
    remedy: 'Free disk space; nothing was changed.',
  },
  store_newer: {
    status: 500,
    title: 'These settings come from a newer version',
    remedy: 'Run the newer version, or restore the backup made before the upgrade.',
    appliance:
      'Switch it off and on. If this stays, five short presses of its power button erase everything on it and set it up anew.',
  },
  ledger_unavailable: {
    status: 503,
    title: 'The receipt ledger cannot be used',
    remedy: 'Free disk space; no answer is given without a receipt.',
  },
  ledger_damaged: {
    status: 503,
    title: 'The receipt ledger is damaged',
    remedy:
      'Set it aside, on the page of receipts or with `b3iq-host receipts set-aside`: it is kept, and a new one begins.',
    appliance: 'Set it aside on the page of receipts: it is kept, and a new one begins.',
  },
  ledger_sound: {
    status: 409,
    title: 'The receipt ledger is in order',
    remedy: 'There is nothing to set aside.',
  },
  agent_running: {
    status: 409,
    title: 'Another agent already uses this state folder',
    remedy: 'Use the one that runs, or stop it first.',
  },
  config_invalid: {
    status: 500,
    title: 'The configuration is not right',
    remedy: 'The message names the key, the value and what is allowed.',
  },
  agent_unreachable: {
    status: 503,
    title: 'The agent is not running, or its socket may not be opened by this user',
    remedy: 'Start it with `make run`, or use the user that installed it.',
  },
  agent_answer_invalid: {
    status: 502,
    title: 'The agent’s answer could not be understood',
    remedy: 'Check that agent and command line are of one version: `b3iq-host version`.',
  },
  appliance_only: {
    status: 501,
    title: 'Only a B3IQ appliance can do that',
    remedy: 'On a Host, use the computer’s own means: its updates, its network settings, its power switch.',
  },
  appliance_step_failed: {
    status: 502,
    title: 'The system refused or failed a step',
    remedy:
      'Try again; if it stays, restart the machine. Nothing of yours was changed unless the detail says so.',
  },
  service_not_possible: {
    status: 409,
    title: 'That service cannot be installed or removed like this',
    remedy: 'Do what the detail says and run the same again.',
  },
  service_step_failed: {
    status: 502,
    title: 'A step of installing or removing the service failed',
    remedy: 'Mend what the detail names and run the same again: steps already done are not harmed by it.',
  },
  certificate_refused: {
    status: 422,
    title: 'That certificate cannot be used',
    remedy: 'See the detail; the certificate in use was not changed.',
  },
  update_unavailable: {
    status: 409,
    title: 'There is no update to do that with',
    remedy: 'Look for a newer version first, and install it before restarting into it.',
  },
  update_on_trial: {
    status: 503,
    title: 'A new version is being tried',
    remedy: 'Try again after the time given in Retry-After; it takes a few minutes.',
  },
  network_unavailable: {
    status: 503,
    title: 'No Wi-Fi radio can be used',
    remedy: 'Use a cable, or check the Wi-Fi adapter.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong inside the machine',
    remedy: 'Try again; if it stays, look at the log.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** What to do about `code` on such a machine. */
export function remedyOf(code: ErrorCode, kind: MachineKind): string {
  const row: ErrorRow = ERRORS[code];
  return (kind === 'appliance' ? row.appliance : undefined) ?? row.remedy;
}

/** Facts that go into headers or the outer envelope, never into the sentence. */
export interface ErrorFacts {
  /** Whole seconds, ≥ 1; becomes `Retry-After`. */
  readonly retryAfterS?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** OpenAI's `param`: the request field at fault. */
  readonly param?: string;
}

/**
 * An outcome that has a code in the list. `detail` says what was expected and what came, holds no secret, no prompt
 * and never repeats the cause's text: `errorChain` joins it when logging.
 */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly facts: ErrorFacts;
  /** @param options.on  where this is said, when the sentence is the registry's own; a Host unless told */
  constructor(
    code: ErrorCode,
    detail?: string,
    options: ErrorFacts & { readonly cause?: unknown; readonly on?: MachineKind } = {},
  ) {
    super(detail ?? ERRORS[code].title, { cause: options.cause });
    const { cause: _, on = 'host', ...facts } = options;
    this.name = 'CodedError';
    this.code = code;
    this.detail = detail ?? `${ERRORS[code].title}. ${remedyOf(code, on)}`;
    this.facts = facts;
  }
  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** `a: b: c` along the chain of causes, for logs only, without file paths (contract: Never leaves its place). Bounded. */
export function errorChain(error: unknown): string {
  const parts: string[] = [];
  for (
    let e = error;
    e !== undefined && e !== null && parts.length < 8;
    e = e instanceof Error ? e.cause : undefined
  )
    parts.push(
      e instanceof CodedError ? `${e.code} (${e.detail})` : e instanceof Error ? e.message : String(e),
    );
  return parts
    .join(': ')
    .replace(/(?:file:\/\/)?\/[^\s'":,)]+/g, '…')
    .slice(0, 500);
}
