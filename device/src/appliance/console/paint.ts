/** Rows to what a terminal is sent. Separate from what is shown: here is all that depends on terminals. */
import { renderUnicodeCompact } from 'uqr';
import { COLUMNS, type DrawQr, ROWS, type Row } from './plan.ts';

/** Least correction: a screen is not scratched, and a smaller code has larger modules. Two modules of margin scan well. */
export const drawQr: DrawQr = (text) =>
  renderUnicodeCompact(text, { ecc: 'L', border: 2, invert: true }).split('\n');

/** Black on white, whatever the terminal's own colours are: many phones read no inverted code. */
const INK = '\u001b[0;30;47m';
const PLAIN = '\u001b[0m';
/** Home, clear to the end, no cursor. @see console_codes(4) */
const START = '\u001b[?25l\u001b[H\u001b[2J';

/** The whole screen; never longer than 80 × 25, never with a line break at its end, which would scroll it. */
export function paint(rows: readonly Row[]): string {
  return START + rows.slice(0, ROWS).map(paintRow).join('\r\n');
}

function paintRow({ text, ink }: Row): string {
  const cells = text.padEnd(ink.at(-1)?.to ?? 0).slice(0, COLUMNS);
  let painted = '';
  let at = 0;
  for (const { from, to } of ink) {
    painted += `${cells.slice(at, from)}${INK}${cells.slice(from, to)}${PLAIN}`;
    at = to;
  }
  return painted + cells.slice(at);
}
