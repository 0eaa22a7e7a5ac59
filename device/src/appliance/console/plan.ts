/**
 * What the console shows, as lines of text: display and secrets in, a screen out. Pure, so that it can be read as a file.
 * Everything stays within 80 columns and 25 rows: a screen that scrolls shows half a code.
 */
import type { NodeState } from '@b3iq/wire/local-api';
import type { Display, Fault } from './display.ts';

/** What is on the label, known to the console alone. */
export interface LabelSecrets {
  /** Eight Crockford characters. */
  readonly claim_secret: string;
  readonly hotspot_password: string;
}

/** Rows of a QR code: two modules a character, one of ` ▀▄█`, dark modules as ink. */
export type DrawQr = (text: string) => readonly string[];

export const COLUMNS = 80;
export const ROWS = 25;

/** A row; `ink` marks the columns that hold a code, which need dark on light whatever the terminal's colours are. */
export interface Row {
  readonly text: string;
  readonly ink: readonly { readonly from: number; readonly to: number }[];
}

const STATES: Readonly<Record<NodeState, string>> = {
  unclaimed: 'not set up yet',
  claimed: 'in use',
  'claimed-recovering': 'has lost its network',
  'identity-lost': 'needs help: its key is gone',
  'identity-corrupt': 'needs help: its key is damaged',
};

/**
 * @param display  `undefined` while the agent has not said anything yet
 * @param secrets  `undefined` when they cannot be had
 */
export function planScreen(
  display: Display | Fault | undefined,
  secrets: LabelSecrets | undefined,
  drawQr: DrawQr,
): readonly Row[] {
  if (display === undefined) return rows(['', ' B3IQ is starting. This takes a moment.']);
  if ('fault' in display)
    return rows([between(` ${display.name}`, 'cannot start '), '', ...inLines(display.fault)]);
  const title = between(` ${display.name}`, `${STATES[display.state]} `);
  if (display.state === 'unclaimed') return [...rows([title, '']), ...setup(display, secrets, drawQr)];
  if (display.state === 'claimed' || display.state === 'claimed-recovering') {
    const owned = ownersWay(display, secrets, drawQr);
    if (owned !== undefined) return [...rows([title, '']), ...owned];
  }
  return rows([title, '', ...whereItIs(display), '', ...certificate(display)]);
}

function setup(display: Display, secrets: LabelSecrets | undefined, drawQr: DrawQr): readonly Row[] {
  const code = secrets === undefined ? 'see the label' : inGroups(secrets.claim_secret);
  const wired = display.addresses.slice(0, 1).map((address) => urlOf(address));
  const hotspot = display.hotspot_address;
  if (hotspot === null)
    return rows([
      ...(wired.length === 0
        ? [' Its setup network is away for a moment. It comes back by itself.']
        : [' Open this on a computer or phone in the same network:', '', ...wired.map((url) => `   ${url}`)]),
      '',
      ` Setup code: ${code}`,
    ]);
  return [
    ...codes(display, secrets, hotspot, drawQr),
    ...rows([
      ...captions(secrets),
      ...wayIn(display, secrets, hotspot),
      ` 3  Setup code: ${code}`,
      ...wired.map((url) => ` Or with a cable: ${url}`),
    ]),
  ];
}

/**
 * An owned machine whose setup network is open: the wizard is not through, or the network is lost. Without a printed label
 * this screen is the only place that has its password; a factory's machine sends its owner to the label instead.
 * The setup code is of no use any more and never shown. @returns undefined when the setup network is not open
 */
function ownersWay(
  display: Display,
  secrets: LabelSecrets | undefined,
  drawQr: DrawQr,
): readonly Row[] | undefined {
  const hotspot = display.hotspot_address;
  if (hotspot === null && display.state === 'claimed') return undefined;
  if (hotspot === null)
    return rows([
      ' Its setup network is away for a moment. It comes back by itself.',
      '',
      ...whereItIs(display),
    ]);
  const shown = display.sealed_by === 'self' ? secrets : undefined;
  const wired = display.addresses.slice(0, 1).map((address) => urlOf(address));
  return [
    ...codes(display, shown, hotspot, drawQr),
    ...rows([
      ...captions(shown),
      ...wayIn(display, shown, hotspot),
      display.state === 'claimed'
        ? ' 3  Sign in as the owner and finish setting it up.'
        : ' 3  Sign in as the owner and choose a network.',
      ...wired.map((url) => ` Or with a cable: ${url}`),
    ]),
  ];
}

function wayIn(display: Display, secrets: LabelSecrets | undefined, hotspot: string): readonly string[] {
  const password = secrets === undefined ? 'see the label' : secrets.hotspot_password;
  return [` 1  Wi-Fi: ${display.name}   Password: ${password}`, ` 2  Open:  ${urlOf(hotspot)}`];
}

/** Under the codes, for people who have never seen two at once. */
const captions = (secrets: LabelSecrets | undefined): readonly string[] =>
  secrets === undefined ? [] : ['     1  scan to join its Wi-Fi             2  then scan to open its page'];

/** The code that joins the Wi-Fi, and the one that opens the page, side by side. */
function codes(
  { name }: Display,
  secrets: LabelSecrets | undefined,
  hotspot: string,
  drawQr: DrawQr,
): readonly Row[] {
  if (secrets === undefined) return [];
  const join = drawQr(wifiText(name, secrets.hotspot_password));
  const page = drawQr(urlOf(hotspot));
  const gap = 6;
  const left = 3;
  const width = join[0]?.length ?? 0;
  const pageFrom = left + width + gap;
  return Array.from({ length: Math.max(join.length, page.length) }, (_, i) => {
    const one = join[i];
    const other = page[i];
    return {
      text: `${' '.repeat(left)}${one ?? ' '.repeat(width)}${' '.repeat(gap)}${other ?? ''}`.trimEnd(),
      ink: [
        ...(one === undefined ? [] : [{ from: left, to: left + width }]),
        ...(other === undefined ? [] : [{ from: pageFrom, to: pageFrom + other.length }]),
      ],
    };
  });
}

function whereItIs({ name, addresses }: Display): readonly string[] {
  if (addresses.length === 0) return [' It is not connected to a network.'];
  return [
    ' Open it in a browser:',
    `   http://${name.toLowerCase()}.local/`,
    ...addresses.slice(0, 6).map((address) => `   ${urlOf(address)}`),
  ];
}

function certificate({ fingerprint_sha256: fingerprint }: Display): readonly string[] {
  if (fingerprint === null) return [];
  const pairs = fingerprint.split(':');
  return [
    ' With https the browser warns once. The certificate is right if its SHA-256 is',
    `   ${pairs.slice(0, 16).join(':')}`,
    `   ${pairs.slice(16).join(':')}`,
  ];
}

/** What phones read from a code to join. @see https://github.com/zxing/zxing/wiki/Barcode-Contents#wi-fi-network-config-android-ios-11 */
export function wifiText(ssid: string, password: string): string {
  const escaped = (text: string) => text.replace(/[\\;,":]/g, '\\$&');
  return `WIFI:T:WPA;S:${escaped(ssid)};P:${escaped(password)};;`;
}

const urlOf = (address: string): string => `http://${address.includes(':') ? `[${address}]` : address}/`;
const inGroups = (code: string): string => code.replace(/.{4}(?=.)/g, '$&-');
const between = (left: string, right: string): string => `${left}${right.padStart(COLUMNS - left.length)}`;
/** Words in lines that fit the screen, a blank before each. */
function inLines(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 2 > COLUMNS) {
      lines.push(line);
      line = '';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
const rows = (lines: readonly string[]): readonly Row[] => lines.map((text) => ({ text, ink: [] }));
