/** What was measured of the machine, before anything is said about it. Pure data. */
import type { EngineStateName } from '@b3iq/wire/local-api';

/** `undefined` is "could not be found out in time". */
export interface Readings {
  readonly processor: { readonly model: string; readonly cores: number } | undefined;
  readonly memoryBytes: number | undefined;
  /** Free for this user on the disk that holds the state folder. */
  readonly diskFreeBytes: number | undefined;
  readonly graphics:
    | readonly { readonly model: string; readonly memoryBytes: number | undefined }[]
    | undefined;
}

/** What the engine says of itself; `reason` one plain sentence. */
export interface EngineReading {
  readonly name: EngineStateName;
  readonly reason?: string;
}
