/** Geometry of charts of readings over time. Separate and pure, so that gaps, flat lines and nothing at all are table tests. */

export interface Chart {
  /** SVG path; a reading that is missing is a gap, one alone a dot. */
  readonly path: string;
  readonly high: number;
  readonly latest: number | undefined;
}

/** @param values  oldest first, `null` where nothing was read     @returns undefined when nothing was read at all */
export function chartOf(
  values: readonly (number | null)[],
  width: number,
  height: number,
): Chart | undefined {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return undefined;
  const high = Math.max(...known);
  const x = (index: number) => tenth(values.length < 2 ? 0 : (index / (values.length - 1)) * width);
  const y = (value: number) => tenth(height - (high <= 0 ? 0 : (Math.max(0, value) / high) * height));
  let path = '';
  let isDrawing = false;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isDrawing = false;
      continue;
    }
    const point = `${x(index)} ${y(value)}`;
    // A line to itself, so that a reading between two gaps is seen.
    path += isDrawing ? `L${point}` : `M${point}L${point}`;
    isDrawing = true;
  }
  return { path, high, latest: known.at(-1) };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
