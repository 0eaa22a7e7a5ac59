/** One HTTP request and its answer, whoever makes it. Data only: the phone in the guest and this computer both do. */

export interface PageRequest {
  readonly method?: string;
  /** Sent as JSON; makes the method POST. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long an answer may take; 60 when not said. */
  readonly patienceS?: number;
}

export interface PageAnswer {
  readonly status: number;
  /** Where it leads, resolved. */
  readonly location: string | undefined;
  /** `name=value` of the cookie it set. */
  readonly cookie: string | undefined;
  /** The receipt's id, when it was an answer of the endpoint. */
  readonly receipt: string | undefined;
  readonly body: string;
}

/** Redirects are not followed. @throws Error when nobody answers */
export type Fetch = (url: string, request: PageRequest) => Promise<PageAnswer>;
