/**
 * How long things may take, by how fast the processors are. Pure.
 * Separate because software emulation is slow by a factor that no test should have to know.
 */
import type { Accelerator } from './types.ts';

export interface Limits {
  /** From switching on to the shell: measured at up to 200 s under emulation on two cores. */
  readonly bootMs: number;
  /** One command in the guest that should take a second or two. */
  readonly commandMs: number;
  /** Something the guest does by itself, such as joining a network or writing an update. */
  readonly taskMs: number;
}

/** @param patience  1 for a computer with nothing else to do; more for a busy one */
export function limits(accelerator: Accelerator, patience = 1): Limits {
  const [boot, command, task] = accelerator === 'tcg' ? [300, 60, 180] : [60, 20, 60];
  const ms = (seconds: number) => seconds * 1000 * patience;
  return { bootMs: ms(boot), commandMs: ms(command), taskMs: ms(task) };
}
