/** The highest temperature and power while something runs. Separate: reading a machine may be slow and must not be waited for. */
import type { ReadMachine } from '../health/machine/port.ts';
import type { MachineReading } from '../health/machine/types.ts';

const EVERY_MS = 2_000;

export interface Effort {
  readonly temperatureC: number | undefined;
  /** Of all graphics cards together, as far as they tell. */
  readonly powerW: number | undefined;
}

/** Looks now and then until `stop`; `highest` is what was seen so far. */
export function watchEffort(read: ReadMachine): { stop(): void; highest(): Effort } {
  let most: Effort = { temperatureC: undefined, powerW: undefined };
  const look = () =>
    void read().then(
      (reading) => {
        const now = effortOf(reading);
        most = {
          temperatureC: higher(most.temperatureC, now.temperatureC),
          powerW: higher(most.powerW, now.powerW),
        };
      },
      () => undefined, // what cannot be read is told as not readable
    );
  look();
  const timer = setInterval(look, EVERY_MS).unref();
  return {
    stop: () => clearInterval(timer),
    highest: () => most,
  };
}

/** The hottest of processor and cards; the power of all cards that tell it. */
export function effortOf({ cpu, gpus }: MachineReading): Effort {
  const cards = gpus ?? [];
  const heat = [cpu.temperatureC, ...cards.map(({ temperatureC }) => temperatureC)];
  const watts = cards.flatMap(({ powerW }) => powerW ?? []);
  return {
    temperatureC: heat.reduce(higher, undefined),
    powerW: watts.length === 0 ? undefined : watts.reduce((sum, each) => sum + each, 0),
  };
}

function higher(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b);
}
