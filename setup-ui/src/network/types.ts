/** What the network page knows and shows, as plain data. Separate so that a vanishing hotspot is a table test. */
import type { JoinRequest, JoinState, NetworksAnswer } from '@b3iq/wire/local-api';

export type JoinPhase = Extract<JoinState, { kind: 'joining' }>['phase'];
export const JOIN_PHASES = ['associating', 'address', 'internet'] as const satisfies readonly JoinPhase[];

/** Something under way that may outlive this page's connection to the machine. All times are monotonic ms of the page. */
export type Errand =
  | {
      readonly kind: 'join';
      readonly ssid: string;
      readonly startedMs: number;
      /** Each phase that was seen, in order, with the time it began. */
      readonly phases: readonly { readonly phase: JoinPhase; readonly startedMs: number }[];
      /** How a join stood before: the very same afterwards means that the request never arrived. */
      readonly before: JoinState | undefined;
      /** The request's answer was lost; it may have arrived all the same. */
      readonly isUnsure: boolean;
    }
  | {
      readonly kind: 'listen';
      readonly startedMs: number;
      /** When the setup network goes, and when it is due back; undefined until the machine has said so. */
      readonly times?: { readonly goesMs: number; readonly backMs: number };
    }
  | { readonly kind: 'forget'; readonly ssid: string; readonly startedMs: number };

/** What is known of the air: the last words of the machine, and since when it has been silent. */
export interface AirState {
  readonly answer: NetworksAnswer | undefined;
  readonly heardMs: number;
  readonly awaySinceMs: number | undefined;
  readonly errand: Errand | undefined;
  /** A request was lost with the connection: nothing was tried. */
  readonly hasLostRequest: boolean;
}

export type AirEvent =
  | { readonly kind: 'heard'; readonly answer: NetworksAnswer; readonly nowMs: number }
  | { readonly kind: 'missed'; readonly nowMs: number }
  | {
      readonly kind: 'asked';
      readonly what:
        | { readonly kind: 'join' | 'forget'; readonly ssid: string }
        | { readonly kind: 'listen' };
      readonly nowMs: number;
    }
  /** The answer to what was asked got lost. */
  | { readonly kind: 'unsure'; readonly nowMs: number }
  /** The machine has answered what was asked, with a refusal or with all there is to it. */
  | { readonly kind: 'settled' };

/** What to draw. Seconds are whole and never negative. */
export type AirView =
  | { readonly kind: 'loading' }
  | { readonly kind: 'choosing' }
  | { readonly kind: 'announced' | 'listening'; readonly leftS: number }
  /** The setup network should be back, and this page does not reach it. */
  | { readonly kind: 'overdue' }
  | {
      readonly kind: 'joining';
      readonly ssid: string;
      readonly phases: readonly PhaseView[];
      readonly elapsedS: number;
      /** The machine cannot be reached from here now. */
      readonly isAway: boolean;
      /** It has had its time: the phone's own list of networks tells how it went. */
      readonly isLate: boolean;
    }
  | { readonly kind: 'forgetting'; readonly ssid: string; readonly isAway: boolean };

export interface PhaseView {
  readonly phase: JoinPhase;
  readonly progress: 'done' | 'now' | 'later';
  /** How long it took, or has taken so far. */
  readonly tookS: number | undefined;
}

export const SECURITY_CHOICES = ['wpa2', 'wpa3', 'enterprise', 'open'] as const;
export type SecurityChoice = (typeof SECURITY_CHOICES)[number];

/** What was typed into the join form; kept while a join runs, so that a typo is corrected and not typed anew. */
export interface JoinDraft {
  /** Of a network that does not say its name. */
  readonly name: string;
  readonly security: SecurityChoice;
  readonly password: string;
  readonly identity: string;
  readonly eap: NonNullable<JoinRequest['eap']>;
  /** How a company's sign-in server is told from somebody who copies its network. */
  readonly trust: Trust;
  /** PEM. */
  readonly authority: string;
  readonly serverDomain: string;
}
/** By a certificate the company gave; by its name, vouched for by a public authority; not at all. */
export const TRUSTS = ['certificate', 'name', 'none'] as const;
export type Trust = (typeof TRUSTS)[number];

/** Names of strings in `network`. */
export interface JoinErrors {
  readonly name?: 'error_name';
  readonly password?: 'error_password_short' | 'error_password_long' | 'error_password_missing';
  readonly identity?: 'error_identity';
  readonly authority?: 'error_authority' | 'error_authority_key';
  readonly serverDomain?: 'error_server' | 'error_server_missing';
}
export type JoinReading =
  | { readonly kind: 'ready'; readonly request: JoinRequest }
  | { readonly kind: 'wrong'; readonly errors: JoinErrors };
