/** What a power button does and what is to be done about it. Pure data. */

/** A change of the key, at `atMs` of a clock that never jumps. */
export interface KeyEvent {
  readonly kind: 'pressed' | 'released';
  readonly atMs: number;
}

/** What a finished series of presses asks for. */
export type Wish = 'power-off' | 'factory-reset';

/** A series under way. */
export interface Series {
  /** Presses that have ended. */
  readonly presses: number;
  /** Since when the key is down. */
  readonly downSinceMs: number | undefined;
  /** When the key last went up. */
  readonly upSinceMs: number;
  /** One press was longer than a short one: then it is no code, only a press. */
  readonly hasLongPress: boolean;
}
