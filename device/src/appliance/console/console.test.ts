import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERRORS, remedyOf } from '../../errors.ts';
import { type Display, formatDisplay, parseDisplay } from './display.ts';
import { display, secrets } from './fixture.ts';
import { drawQr, paint } from './paint.ts';
import { COLUMNS, planScreen, ROWS, wifiText } from './plan.ts';
import { parseLabelSecrets } from './secrets.ts';

const wired = ['192.168.20.31', '2001:db8::1'];

const SCREENS: Readonly<Record<string, Parameters<typeof planScreen>[0]>> = {
  starting: undefined,
  unclaimed: display,
  'unclaimed-cable': { ...display, addresses: wired },
  'unclaimed-no-radio': { ...display, addresses: wired, hotspot_address: null },
  'unclaimed-away': { ...display, hotspot_address: null },
  claimed: { ...display, state: 'claimed', addresses: wired, hotspot_address: null },
  'claimed-alone': { ...display, state: 'claimed', hotspot_address: null },
  'claimed-wizard': { ...display, state: 'claimed', addresses: wired },
  'claimed-recovering': { ...display, state: 'claimed-recovering' },
  'claimed-recovering-factory': { ...display, state: 'claimed-recovering', sealed_by: 'factory' },
  'claimed-recovering-away': { ...display, state: 'claimed-recovering', hotspot_address: null },
  'cannot-start': {
    version: 1,
    name: 'B3IQ-N7K4',
    fault: `${ERRORS.store_corrupt.title}. ${remedyOf('store_corrupt', 'appliance')}`,
  },
  'identity-lost': { ...display, state: 'identity-lost', addresses: wired },
};
const text = (from: Parameters<typeof planScreen>[0], known: readonly [typeof secrets?] = [secrets]) =>
  planScreen(from, known[0], drawQr).map((row) => row.text);

describe.each(Object.entries(SCREENS))('the screen %s', (name, from) => {
  const lines = text(from);
  it('is as it was agreed (golden file)', () => {
    const path = join(import.meta.dirname, 'golden', `${name}.txt`);
    const screen = `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
    if (process.env.UPDATE_GOLDEN) writeFileSync(path, screen);
    expect(screen).toBe(readFileSync(path, 'utf8'));
  });
  it('fits a terminal of 80 × 25 and never scrolls it', () => {
    expect(lines.length).toBeLessThanOrEqual(ROWS);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(COLUMNS);
    expect(paint(planScreen(from, secrets, drawQr))).not.toMatch(/\n$/);
  });
  it('holds no character that is drawn twice as wide, or moves the cursor', () => {
    for (const line of lines) expect(line).toMatch(/^[\x20-\x7e×▀▄█]*$/);
  });
});

describe('secrets on the screen', () => {
  const all = (state: Display['state']) => text({ ...display, state, addresses: wired }).join('\n');
  it('are there while the machine has no owner', () => {
    expect(all('unclaimed')).toContain('N7K4-2QRS');
    expect(all('unclaimed')).toContain('abcdefghjkmn');
  });
  it.each(['identity-lost', 'identity-corrupt'] as const)('are gone when it is %s', (state) => {
    expect(all(state)).not.toMatch(/N7K4-2QRS|N7K42QRS|abcdefghjkmn/);
  });
  it('are gone when it has an owner and its setup network is closed', () => {
    const closed = text({ ...display, state: 'claimed', hotspot_address: null, addresses: wired }).join('\n');
    expect(closed).not.toMatch(/N7K4-2QRS|N7K42QRS|abcdefghjkmn/);
  });
  it.each(['claimed', 'claimed-recovering'] as const)(
    'never say the setup code after a claim; while it is %s and its setup network open, the way there is on this screen only where no label says it',
    (state) => {
      expect(all(state)).not.toMatch(/N7K4-2QRS|N7K42QRS/);
      expect(all(state)).toContain('abcdefghjkmn');
      for (const sealed_by of ['factory', null] as const) {
        const labelled = text({ ...display, state, sealed_by, addresses: wired }).join('\n');
        expect(labelled).not.toMatch(/N7K4-2QRS|N7K42QRS|abcdefghjkmn|[▀▄█]/);
        expect(labelled).toContain('see the label');
        expect(labelled).toContain('http://10.42.0.1/');
      }
    },
  );
  it('send people to the label when the console has none', () => {
    const lines = text(display, []).join('\n');
    expect(lines).toContain('see the label');
    expect(lines).toContain('http://10.42.0.1/');
  });
});

describe('what a phone reads', () => {
  it('is escaped as phones expect', () => {
    expect(wifiText('B3IQ-N7K4', 'a;b,c:d"e\\f')).toBe('WIFI:T:WPA;S:B3IQ-N7K4;P:a\\;b\\,c\\:d\\"e\\\\f;;');
  });
  it('is drawn dark on light whatever the terminal’s colours are', () => {
    const screen = paint(planScreen(display, secrets, drawQr));
    expect(screen.split('\u001b[0;30;47m')).toHaveLength(17 + 13 + 1);
    expect(screen.split('\u001b[0m')).toHaveLength(17 + 13 + 1);
  });
  it('has room for the longest password there can be', () => {
    const long = { ...secrets, hotspot_password: 'x'.repeat(20) };
    for (const row of planScreen({ ...display, addresses: wired }, long, drawQr))
      expect([...row.text].length).toBeLessThanOrEqual(COLUMNS);
    expect(planScreen({ ...display, addresses: wired }, long, drawQr).length).toBeLessThanOrEqual(ROWS);
  });
});

describe('the display file', () => {
  it('reads back as it was written', () => {
    expect(parseDisplay(formatDisplay(display))).toEqual(display);
  });
  it.each([
    ['', 'nothing'],
    [formatDisplay(display).slice(0, -1), 'a cut file'],
    ['{}\n', 'another object'],
    [formatDisplay({ ...display, name: 'B3IQ-N7K4\u001b[2J' }), 'a name with an escape'],
    [formatDisplay({ ...display, addresses: ['<b>'] }), 'an address that is none'],
    [`${' '.repeat(20_000)}\n`, 'a huge file'],
  ])('is not taken from %j', (file) => {
    expect(parseDisplay(file)).toBeUndefined();
  });
});

describe('the label’s secrets', () => {
  it('are read as sealing writes them', () => {
    expect(parseLabelSecrets(JSON.stringify(secrets))).toEqual(secrets);
  });
  it.each([
    undefined,
    '',
    'x',
    '{}',
    JSON.stringify({ ...secrets, claim_secret: 'short' }),
    JSON.stringify({ ...secrets, hotspot_password: 'a\nb\u001b[2Jcdef' }),
  ])('are not taken from %j', (file) => {
    expect(parseLabelSecrets(file)).toBeUndefined();
  });
});
