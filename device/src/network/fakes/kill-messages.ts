/** What the process that is killed and the one that kills it say to one another. Pure data. */
import type { Radio } from '../port.ts';

/** Acts of the radio that are passed on; `record` and `recorded` stand around each write of the settings. */
export type ChildAct = Exclude<keyof Radio, 'simulated' | 'onChange' | 'close'>;
export interface ChildAsks {
  readonly id: number;
  readonly name: ChildAct | 'record' | 'recorded' | 'begin' | 'over';
  readonly args: readonly unknown[];
}
export type ParentSays =
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number }
  /** The network has let us in. */
  | { readonly kind: 'address' }
  /** A look may show something new. */
  | { readonly kind: 'changed' };
