/** Where readings of graphics cards come from. Separate so that the tool, the kernel and tests are one thing. */
import type { GpuReading } from './types.ts';

/**
 * Reads all cards once, ordered by id, at most `MAX_GPUS`. Never throws and ends within a bound of seconds.
 * @returns undefined when it could not be found out; empty when there are none
 */
export type ReadGpus = () => Promise<readonly GpuReading[] | undefined>;
