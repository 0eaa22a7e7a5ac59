import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFile, parseEntryName, parseFile, parseOsRelease, parseVersion } from './parse.ts';
import { noRecord } from './state.ts';

describe('os-release', () => {
  const text = `PRETTY_NAME="B3IQ 12"\nID=debian\nIMAGE_ID=b3iq\nIMAGE_VERSION=12\nSUPPORT_END=2031-11-30\nB3IQ_RELEASED_AT="2026-11-22T00:00:00Z"\n`;
  it('says what runs', () => {
    expect(parseOsRelease(text, 'x86-64')).toEqual({
      version: 12,
      imageId: 'b3iq',
      architecture: 'x86-64',
      variant: 'standard',
      releasedAt: '2026-11-22T00:00:00Z',
      supportUntil: '2031-11-30',
    });
  });
  it('may name a variant, in any quotes', () => {
    expect(parseOsRelease(`${text}VARIANT_ID='nvidia'\n`, 'x86-64')?.variant).toBe('nvidia');
  });
  it.each(['', 'ID=debian\n', 'IMAGE_ID=b3iq\n', 'IMAGE_ID=b3iq\nIMAGE_VERSION=1.2\n', 'IMAGE_VERSION=2\n'])(
    'of a system that has no version of ours is none: %j',
    (other) => expect(parseOsRelease(other, 'x86-64')).toBeUndefined(),
  );
});

describe('a file on the boot partition', () => {
  it.each([
    ['b3iq_12.efi', { version: 12, triesLeft: undefined }],
    ['b3iq_12+3.efi', { version: 12, triesLeft: 3 }],
    ['b3iq_12+3-0.efi', { version: 12, triesLeft: 3 }],
    ['b3iq_12+0-3.efi', { version: 12, triesLeft: 0 }],
  ])('%s is a version', (name, entry) => expect(parseEntryName(name, 'b3iq')).toEqual(entry));
  it.each([
    'other_12.efi',
    'b3iq_012.efi',
    'b3iq_.efi',
    'b3iq_99999999999.efi',
    'b3iq_4000000000.efi',
    'b3iq_12.efi.tmp',
    '.#sysupdateb3iq_12.efi',
    'b3iq_12+.efi',
    'b3iq_12-3.efi',
    'B3IQ_12.EFI',
  ])('%s is none of ours', (name) => expect(parseEntryName(name, 'b3iq')).toBeUndefined());
});

it('a version is a whole number that a machine can count to', () => {
  expect(parseVersion('2147483647')).toBe(2_147_483_647);
  for (const text of ['0', '-1', '01', '1.0', '1e3', '', ' 1', '2147483648'])
    expect(parseVersion(text)).toBeUndefined();
});

describe('files between the programs', () => {
  const record = {
    pending: { version: 2, at: '2026-11-22T08:00:00.000Z' },
    floor: 1,
    failed: [3],
    last: {
      version: 3,
      at: '2026-11-22T08:00:00.000Z',
      outcome: 'rolled-back' as const,
      obstacle: undefined,
    },
  };
  it('come back as they were written', () => {
    expect(parseFile('record', formatFile('record', record))).toEqual(record);
    expect(parseFile('record', formatFile('record', noRecord))).toEqual(noRecord);
    const facts = {
      onTrial: true,
      triesLeft: 2,
      entries: [{ version: 1, triesLeft: undefined }],
      record,
    };
    expect(parseFile('facts', formatFile('facts', facts))).toEqual(facts);
    const ended = { at: '2026-11-22T08:00:00.000Z', version: 2, obstacle: 'no-space' as const };
    expect(parseFile('ended', formatFile('ended', ended))).toEqual(ended);
  });
  it('are nothing when they are absent, cut, or written by a stranger', () => {
    for (const text of [
      undefined,
      '',
      '{',
      '[]',
      'null',
      '{"floor":-1,"failed":[]}',
      '{"floor":1,"failed":["x"]}',
    ])
      expect(parseFile('record', text)).toBeUndefined();
    const more = JSON.stringify({ at: '2026-11-22T08:00:00.000Z', obstacle: 'no-space', more: 1 });
    expect(parseFile('ended', more)).toBeUndefined();
    expect(parseFile('ended', '{"at":"yesterday"}')).toBeUndefined();
    expect(parseFile('ended', '{"at":"2026-11-22T08:00:00.000Z","obstacle":"sunspots"}')).toBeUndefined();
  });
  it('never throw', () => {
    const kinds = fc.constantFrom('record' as const, 'facts' as const, 'ended' as const, 'report' as const);
    fc.assert(fc.property(kinds, fc.json(), (kind, text) => void parseFile(kind, text)));
  });
});
