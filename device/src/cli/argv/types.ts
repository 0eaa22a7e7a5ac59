/**
 * What the command line is asked to do, once argv has been understood, and the world it does it in.
 * Separate so that parsing, acting and tests agree on one list of commands. Pure data.
 */
import type { EngineKind, KeyPriority, KeyScope } from '@b3iq/wire/local-api';

/** What the program tells the shell. A stopped answer (Ctrl-C) gives 130, as shells expect. */
export const EXIT = { ok: 0, refused: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

/** Where a secret comes from; never argv, which every program on the computer can read. */
export type SecretSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'environment' }
  | { readonly kind: 'prompt' };

/** `ms` from now, or a moment as typed (RFC 3339 or a UTC date); resolved where there is a clock. */
export type Expiry =
  | { readonly kind: 'in'; readonly ms: number }
  | { readonly kind: 'at'; readonly text: string };

/** Which public key a receipt chain is held against: 32 bytes as lower-case hex, or the machine's key file. */
export type TrustedKey =
  | { readonly kind: 'hex'; readonly hex: string }
  | { readonly kind: 'file'; readonly path: string };

export type Command =
  | { readonly kind: 'help'; readonly topic: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'completion' }
  | { readonly kind: 'run'; readonly port: number | undefined; readonly asService: boolean }
  | {
      readonly kind: 'service';
      readonly verb: 'install' | 'uninstall' | 'status';
      readonly scope: 'user' | 'system';
      /** Say what would be done, and do nothing. */
      readonly isDryRun: boolean;
    }
  | { readonly kind: 'wizard-url'; readonly withToken: boolean }
  | {
      readonly kind: 'claim';
      readonly owner: string;
      readonly password: SecretSource;
      /** `mint`: let the agent make a fresh setup token, which the control socket may ask for. */
      readonly secret: SecretSource | { readonly kind: 'mint' };
      readonly recoveryCodeFile: string | undefined;
    }
  | { readonly kind: 'engines-list' }
  | {
      readonly kind: 'engines-add';
      readonly name: string;
      readonly url: string;
      readonly engineKind: EngineKind;
      /** `undefined`: the engine wants no key. */
      readonly apiKey: SecretSource | undefined;
    }
  | { readonly kind: 'engines-remove'; readonly name: string }
  | { readonly kind: 'status' }
  | { readonly kind: 'models' }
  | { readonly kind: 'models-list' }
  | { readonly kind: 'models-catalogue' }
  | {
      readonly kind: 'models-install';
      /** An address, or a path. */
      readonly source: string;
      readonly id: string | undefined;
      readonly sha256: string | undefined;
      readonly wait: boolean;
    }
  | { readonly kind: 'models-act'; readonly verb: 'pause' | 'resume' | 'cancel'; readonly id: string }
  | { readonly kind: 'models-remove'; readonly model: string }
  | { readonly kind: 'benchmark'; readonly model: string | undefined; readonly anyway: boolean }
  | { readonly kind: 'benchmark-list' }
  /** `id`: `latest`, or the end of one. */
  | { readonly kind: 'benchmark-export'; readonly id: string; readonly to: string | undefined }
  | {
      readonly kind: 'key-create';
      readonly name: string;
      readonly scopes: readonly KeyScope[] | undefined;
      readonly models: readonly string[] | undefined;
      readonly requestsPerMinute: number | undefined;
      readonly tokensPerDay: number | undefined;
      readonly concurrency: number | undefined;
      readonly priority: KeyPriority | undefined;
      readonly expiry: Expiry | undefined;
      readonly secretFile: string | undefined;
    }
  /** What is `undefined` stays; `null` is no limit, every model, or no end. */
  | {
      readonly kind: 'key-change';
      readonly id: string;
      readonly name: string | undefined;
      readonly scopes: readonly KeyScope[] | undefined;
      readonly models: readonly string[] | null | undefined;
      readonly requestsPerMinute: number | null | undefined;
      readonly tokensPerDay: number | null | undefined;
      readonly concurrency: number | null | undefined;
      readonly priority: KeyPriority | undefined;
      readonly expiry: Expiry | null | undefined;
    }
  | { readonly kind: 'key-list'; readonly all: boolean }
  | { readonly kind: 'key-revoke'; readonly id: string }
  /** Without a change the list is shown. */
  | {
      readonly kind: 'origins';
      readonly change: { readonly verb: 'add' | 'remove'; readonly origin: string } | undefined;
    }
  | {
      readonly kind: 'chat';
      readonly model: string | undefined;
      readonly apiKey: SecretSource | undefined;
      readonly endpoint: string | undefined;
      readonly system: string | undefined;
      readonly maxTokens: number | undefined;
      readonly stream: boolean;
      /** `undefined`: from stdin, or a conversation when stdin is a terminal. */
      readonly prompt: string | undefined;
    }
  | { readonly kind: 'receipts-list'; readonly limit: number }
  | { readonly kind: 'receipts-set-aside' }
  | { readonly kind: 'receipts-show'; readonly id: string; readonly out: string | undefined }
  | {
      readonly kind: 'receipts-verify';
      readonly file: string | undefined;
      readonly proof: string | undefined;
      readonly trusted: TrustedKey | undefined;
    }
  | {
      readonly kind: 'usage';
      /** `2026-11-22`; whether there is such a day is the agent's to judge. */
      readonly from: string | undefined;
      readonly to: string | undefined;
      readonly isCsv: boolean;
    }
  /** `to` undefined: say what would be in it. */
  | { readonly kind: 'support-bundle'; readonly to: string | undefined }
  | {
      readonly kind: 'grant-create';
      readonly name: string;
      /** Whole seconds. */
      readonly expiresInS: number | undefined;
      readonly secretFile: string | undefined;
    }
  | { readonly kind: 'grant-list' }
  | { readonly kind: 'grant-revoke'; readonly id: string }
  | { readonly kind: 'identity-show' }
  | { readonly kind: 'identity-backup'; readonly to: string }
  | { readonly kind: 'identity-restore'; readonly from: string }
  | { readonly kind: 'identity-renew'; readonly confirmed: boolean };

/** Options every command has. */
export interface Globals {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly stateDir: string | undefined;
}

/** What argv came to: something to do, or a sentence about what is wrong with it (exit 2). */
export type Understood =
  | { readonly kind: 'command'; readonly command: Command; readonly globals: Globals }
  | { readonly kind: 'usage'; readonly message: string; readonly json: boolean };
