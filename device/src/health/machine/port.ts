/** Where the machine's readings come from. Separate so that pages and judges never meet sysfs. */
import type { MachineReading } from './types.ts';

/** Reads once. Never throws and ends within a bound of seconds. */
export type ReadMachine = () => Promise<MachineReading>;
