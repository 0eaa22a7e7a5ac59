/** Rows into aligned columns. Separate and pure, so that widths can be tried on the names people really give things. */
import { clipped, printable } from './words.ts';

export interface Column {
  readonly title: string;
  /** Numbers stand right. */
  readonly align?: 'left' | 'right';
  /** Longest cell in characters, 40 unless told; more is cut with `…`. */
  readonly max?: number;
}

/** Columns a terminal gives `text`: wide East Asian characters and emoji take two, marks none. An approximation of
 *  @see Unicode UAX #11 */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) continue;
    width +=
      /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

/**
 * Lines of a table, heading first, two spaces between columns, nothing trailing. Cells may be hostile.
 * @param emphasise  wraps the heading, for instance in bold
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  emphasise: (text: string) => string = (text) => text,
): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map((column, i) => clipped(printable(row[i] ?? ''), column.max ?? 40))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => displayWidth(row[i] ?? ''))));
  return cells
    .map((row, index) => {
      const line = row
        .map((cell, i) => padded(cell, widths[i] ?? 0, columns[i]?.align ?? 'left'))
        .join('  ')
        .trimEnd();
      return index === 0 ? emphasise(line) : line;
    })
    .join('\n');
}

/** `Label   value` lines, the labels padded to one width; rows without a value are left out. */
export function facts(
  rows: readonly (readonly [label: string, value: string | undefined])[],
  emphasise: (text: string) => string = (text) => text,
): string {
  const shown = rows.filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...shown.map(([label]) => displayWidth(label)));
  return shown
    .map(([label, value = '']) => `${emphasise(padded(label, width, 'left'))}  ${printable(value)}`)
    .join('\n');
}

function padded(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? space + text : text + space;
}
