/** What every command is handed. Separate so that commands depend on this and not on `main.ts`. */
import type { VerifyAnswer } from '@b3iq/wire/local-api';
import type { Computer } from '../service/port.ts';
import type { Client } from './agent/client.ts';
import type { CliIo } from './io.ts';
import type { Output } from './output.ts';

/** A machine's identity as far as it is known here; `absent` before the first start. */
export interface IdentityFacts {
  readonly state: 'ready' | 'lost' | 'corrupt' | 'absent';
  /** Why it cannot be used; plain sentences. */
  readonly reason?: string;
  readonly nodeId?: string;
  readonly shortName?: string;
  /** 64 lower-case hex digits. Known from the public record also when the private key is lost. */
  readonly publicKeyHex?: string;
  readonly custody?: 'credential' | 'file';
  /** Who this machine was before its owner accepted a new identity, oldest first; old ledgers are proven with these. */
  readonly predecessors?: readonly { readonly nodeId: string; readonly publicKeyHex: string }[];
}

/** A step that was not taken, and why; nothing has changed. */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
}

/** What other parts of the program do for commands that need no agent; loaded only when used, so that `--help` is quick. */
export interface Workshop {
  /** Starts the agent; resolves with the exit status once it has stopped. @param asService  as `run.ts` */
  run(
    environment: CliIo['env'],
    overrides: Readonly<Record<string, unknown>>,
    asService: boolean,
  ): Promise<number>;
  /** The computer whose services `b3iq-host service` is about. */
  computer(environment: CliIo['env']): Promise<Computer>;
  /** Walks the chain in a ledger file. @param publicKey  32 bytes   @throws ledger_unavailable */
  verifyLedger(path: string, publicKey: Uint8Array): Promise<VerifyAnswer>;
  /** Reads the machine's identity and changes nothing. */
  readIdentity(environment: CliIo['env']): Promise<IdentityFacts>;
  /** 64 hex digits from the text of an identity file, public record or backup; undefined when it is neither. */
  publicKeyOf(text: string): Promise<string | undefined>;
  /** Writes the private key to a new file at `path`, readable by this user alone. */
  exportIdentity(environment: CliIo['env'], path: string): Promise<{ readonly kind: 'exported' } | Refused>;
  importIdentity(
    environment: CliIo['env'],
    backup: Uint8Array,
  ): Promise<{ readonly kind: 'restored' } | Refused>;
  renewIdentity(environment: CliIo['env']): Promise<{ readonly kind: 'renewed' } | Refused>;
}

export interface Context {
  readonly io: CliIo;
  readonly out: Output;
  readonly stateDir: string;
  readonly agent: Client;
  readonly workshop: Workshop;
  /** `io.env` with `--state-dir` in its place. */
  readonly environment: CliIo['env'];
}
