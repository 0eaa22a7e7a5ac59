/** The kernel's hardware monitors to the processor's heat. Pure; separate from reading them. Texts are a driver's: hostile. */
import { celsiusIn } from '../gpu/parse.ts';
import type { CpuHeat } from './types.ts';

/** One folder of `/sys/class/hwmon`: the driver's name and its `temp*_{input,label,crit}` files as text. */
export interface HwmonFiles {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
}

/** Drivers whose sensors are the processor's: Intel, AMD (two drivers), and boards that name it so. */
const CPU_DRIVERS: readonly string[] = ['coretemp', 'k10temp', 'zenpower', 'cpu_thermal'];

/**
 * The hottest sensor of the processor, and the lowest temperature its makers call critical. AMD's `Tctl` is a control
 * value that may stand above the real one, so it counts only where there is no `Tdie`.
 * @see Linux Documentation/hwmon/{sysfs-interface,coretemp,k10temp}.rst
 */
export function parseCpuHeat(monitors: readonly HwmonFiles[]): CpuHeat {
  let temperatureC: number | undefined;
  let criticalC: number | undefined;
  for (const { name, files } of monitors) {
    if (!CPU_DRIVERS.includes(name.trim())) continue;
    const labels = new Map([...files].filter(([file]) => file.endsWith('_label')));
    const hasTdie = [...labels.values()].some((label) => label.trim() === 'Tdie');
    for (const [file, text] of files) {
      const stem = /^(temp\d{1,2})_input$/.exec(file)?.[1];
      if (stem === undefined || (hasTdie && labels.get(`${stem}_label`)?.trim() === 'Tctl')) continue;
      temperatureC = pick(Math.max, temperatureC, celsiusIn(text, 1000));
      const critical = celsiusIn(files.get(`${stem}_crit`), 1000);
      // Firmware that knows none says 0 or less.
      if (critical !== undefined && critical > 0) criticalC = pick(Math.min, criticalC, critical);
    }
  }
  return { temperatureC, criticalC };
}

function pick(
  choose: (a: number, b: number) => number,
  before: number | undefined,
  value: number | undefined,
): number | undefined {
  return before === undefined || value === undefined ? (before ?? value) : choose(before, value);
}
