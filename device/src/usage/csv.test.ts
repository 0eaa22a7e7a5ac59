import fc from 'fast-check';
import { expect, it } from 'vitest';
import { field, usageCsv } from './csv.ts';

const row = {
  day: '2026-11-22',
  caller: 'key_Ab3dEf6hIj9kLm2n',
  key_name: 'Notes, "old"',
  model: 'b3iq-selftest',
  calls: 12,
  failed_calls: 1,
  prompt_tokens: 3400,
  completion_tokens: 5600,
};

it('writes a header, quotes what needs it, ends each line with CRLF', () => {
  expect(usageCsv([row, { ...row, caller: 'owner', key_name: null }]).split('\r\n')).toEqual([
    'day,key,key_name,model,calls,failed_calls,prompt_tokens,completion_tokens',
    '2026-11-22,key_Ab3dEf6hIj9kLm2n,"Notes, ""old""",b3iq-selftest,12,1,3400,5600',
    '2026-11-22,owner,,b3iq-selftest,12,1,3400,5600',
    '',
  ]);
});

it.each([
  ['=1+1', "'=1+1"],
  ['+49', "'+49"],
  ['-2', "'-2"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['  =1', "'  =1"],
  ['＝1', "'＝1"],
  ['=HYPERLINK("http://evil.example","a, b")', '"\'=HYPERLINK(""http://evil.example"",""a, b"")"'],
  ['a=b', 'a=b'],
  ['', ''],
])('%j comes out as %s', (text, expected) => {
  expect(field(text)).toBe(expected);
});

it('gives back every text, and none that begins a formula', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const written = field(text);
      const isQuoted = written.startsWith('"');
      const read = isQuoted ? written.slice(1, -1).replaceAll('""', '"') : written;
      expect([text, `'${text}`]).toContain(read);
      expect(read).not.toMatch(/^\s*[=+\-@＝＋－＠]/u);
      if (!isQuoted) expect(written).not.toMatch(/[,\r\n]/);
    }),
  );
});
