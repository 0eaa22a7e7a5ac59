/**
 * What the agent needs of an inference engine: OpenAI-shaped HTTP at one address, a state, and exact prompt counts.
 * Separate so that a child process, a systemd unit and somebody else's server are one thing to the rest.
 * Every adapter passes `contract.ts`.
 */
import type { Capability, EngineStateName } from '@b3iq/wire/local-api';
import type { ErrorCode } from '../errors.ts';

/** Where the engine's HTTP answers: a unix socket, or an origin such as `http://127.0.0.1:11434`. */
export type EngineAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'origin'; readonly origin: string };

/** What an engine serves, known before it is started. */
export interface ServedModel {
  /** The one name clients use; matched exactly. */
  readonly id: string;
  readonly label: string;
  readonly selfTest: boolean;
  /** 0 when somebody else's engine does not say. */
  readonly contextTokens: number;
  /** The same. */
  readonly sizeBytes: number;
  readonly capabilities: readonly Capability[];
  /** Answers to one call at most, where the engine does not count the tokens of more; unbounded when left out. */
  readonly maxChoices?: number;
}

/** What an engine that is not ours must be told besides the client's bytes. */
export interface Upstream {
  /** Its own name of the model. */
  readonly model: string;
  /** Such as its key; in no log. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface EngineState {
  readonly name: EngineStateName;
  /** One plain sentence for the owner when the name is `restarting` or `failed`. */
  readonly reason?: string;
  /** Why, as a code of the error list; only in `failed`. */
  readonly code?: ErrorCode;
  /** Unix ms when the next start is tried; only in `restarting` and `failed`. */
  readonly retryAtMs?: number;
}

/** The inference paths an engine may serve, relative to its address. */
export const INFERENCE_PATHS = [
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/responses',
  '/v1/messages',
  '/v1/rerank',
  '/v1/images/generations',
  '/v1/audio/transcriptions',
] as const;
export type InferencePath = (typeof INFERENCE_PATHS)[number];

export interface Engine {
  /** Its own among all engines: one model may have several. Shown to the owner. */
  readonly id: string;
  readonly model: ServedModel;
  /** Stable over restarts. */
  readonly address: EngineAddress;
  /** How many requests the engine works on at once; more wait in the agent's queue. ≥ 1. */
  readonly slots: number;
  /** Whether `countPrompt` is exact. A key with a budget of tokens may not use an engine that cannot (ADR 0028). */
  readonly canCount: boolean;
  readonly upstream?: Upstream;
  state(): EngineState;
  /** A call begins, also one that only waits: an engine that is loaded on demand is loaded now, and stays until what is
   *  returned is called. */
  use?(): () => void;
  /** A call found it not answering: an engine that only looks at itself now and then looks now. */
  doubt?(): void;
  /** Called after each change of state, also of the reason. Returns the way to stop listening. */
  onChange(listener: () => void): () => void;
  /**
   * Prompt tokens of one choice of this request, exactly as the engine will report them in `usage.prompt_tokens`.
   * @param path  which shape `body` has; a list prompt or input counts all its parts
   * Not asked where nothing is counted in tokens: pictures and recordings.
   * @param body  the client's JSON bytes, unchanged
   * @throws invalid_request when the engine refuses the request, engine_unavailable when it is not ready
   */
  countPrompt(path: InferencePath, body: Uint8Array, signal: AbortSignal): Promise<number>;
  /** Brings it up and keeps it up until `stop`; resolves at the first `ready` or `failed`. */
  start(): Promise<void>;
  /** Ends running work and the process; resolves when nothing is left behind. */
  stop(): Promise<void>;
}
