/** Geometry of the little charts. Separate and pure, so that one answer, none, or all alike are table tests. */

export interface Plot {
  /** SVG path of the curve, in a box of `width` × `height`. */
  readonly curve: string;
  /** The same, closed along the bottom. */
  readonly area: string;
  readonly low: number;
  readonly high: number;
}

/** A line through `values`, newest on the right, scaled from zero; undefined below two values. */
export function plotLine(values: readonly number[], width: number, height: number): Plot | undefined {
  const clean = values.filter((value) => Number.isFinite(value) && value >= 0);
  if (clean.length < 2) return undefined;
  const high = Math.max(...clean);
  const low = Math.min(...clean);
  const inset = 2;
  const points = clean.map((value, index) => {
    const x = (index / (clean.length - 1)) * width;
    const y = height - inset - (high === 0 ? 0 : (value / high) * (height - 2 * inset));
    return `${round(x)} ${round(y)}`;
  });
  const curve = `M${points.join('L')}`;
  return { curve, area: `${curve}V${height}H0Z`, low, high };
}

/** Share of `used` in `total`, 0–100; 0 when the total is unknown. */
export function percentOf(used: number, total: number): number {
  return total > 0 ? round(Math.max(0, Math.min(100, (used / total) * 100))) : 0;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
