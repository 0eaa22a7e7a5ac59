import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCpuHeat } from './parse.ts';

/** As the kernel's Documentation/hwmon describes them; not captured. */
const files = (lines: Readonly<Record<string, string>>) => new Map(Object.entries(lines));

describe('the heat of a processor', () => {
  it('is its hottest sensor, with the lowest critical point', () => {
    const first = files({
      temp1_label: 'Package id 0\n',
      temp1_input: '71000\n',
      temp1_crit: '100000\n',
      temp2_label: 'Core 0\n',
      temp2_input: '73000\n',
      temp2_crit: '98000\n',
    });
    const second = files({ temp1_input: '60000\n', temp1_crit: '105000\n' });
    const monitors = [
      { name: 'nvme\n', files: files({ temp1_input: '91000', temp1_crit: '84800' }) },
      { name: 'coretemp\n', files: first },
      { name: 'coretemp\n', files: second },
    ];
    expect(parseCpuHeat(monitors)).toEqual({ temperatureC: 73, criticalC: 98 });
  });

  it('does not take AMD’s control value for a temperature where there is a real one', () => {
    const both = files({
      temp1_label: 'Tctl',
      temp1_input: '95000',
      temp2_label: 'Tdie',
      temp2_input: '68000',
    });
    expect(parseCpuHeat([{ name: 'k10temp', files: both }])).toEqual({
      temperatureC: 68,
      criticalC: undefined,
    });
    both.delete('temp2_label');
    both.delete('temp2_input');
    expect(parseCpuHeat([{ name: 'k10temp', files: both }]).temperatureC).toBe(95);
  });

  it('is unknown where nothing can be read or believed', () => {
    const nothing = { temperatureC: undefined, criticalC: undefined };
    expect(parseCpuHeat([])).toEqual(nothing);
    const broken = files({ temp1_input: '', temp2_input: '-273000', temp3_input: '55000', temp3_crit: '0' });
    expect(parseCpuHeat([{ name: 'coretemp', files: broken }])).toEqual({ ...nothing, temperatureC: 55 });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (lines) => {
        parseCpuHeat([{ name: 'coretemp', files: files(lines) }]);
      }),
    );
  });
});
