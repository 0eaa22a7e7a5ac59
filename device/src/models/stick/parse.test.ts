import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlainPart, parseStickName } from './parse.ts';

test.each([
  'a.gguf',
  'My Model (1).GGUF',
  'Füße 模型.safetensors',
  'one/two/a.gguf',
  `${'x'.repeat(250)}.gguf`,
])('%s is a model on a stick', (name) => {
  expect(parseStickName(name)).toEqual(name.split('/'));
});

test.each([
  '',
  '/',
  '..',
  '../a.gguf',
  'one/../a.gguf',
  './a.gguf',
  '/a.gguf',
  'one//a.gguf',
  'one/two/three/a.gguf',
  'a.gguf/',
  'a.txt',
  'gguf',
  '.gguf',
  '._a.gguf',
  '.Trashes/a.gguf',
  '$RECYCLE.BIN/a.gguf',
  'one\\a.gguf',
  'a\0.gguf',
  'a\n.gguf',
  'a\ufffd.gguf',
  'a\ud800.gguf',
  `${'x'.repeat(251)}.gguf`,
])('%j is none', (name) => {
  expect(parseStickName(name)).toBeUndefined();
});

test('whatever is asked, no part leads out of the stick', () => {
  const part = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('.', '..', 'a', 'b.gguf', '/', '\0'));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const parsed = parseStickName(parts.join('/')) ?? [];
      expect(parsed.length).toBeLessThanOrEqual(3);
      for (const each of parsed) expect(isPlainPart(each) && each !== '..' && !each.includes('/')).toBe(true);
    }),
  );
});
