import { expect, test } from 'vitest';
import { CodedError } from '../../../errors.ts';
import { schemaGrammar } from './grammar.ts';

const refusal = (schema: unknown): CodedError => {
  try {
    schemaGrammar(schema);
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
};

test('a required name that is not described is written all the same', () => {
  const grammar = schemaGrammar({ type: 'object', properties: { a: { type: 'null' } }, required: ['b'] });
  expect(grammar).toContain('"\\"b\\":" ws value');
  expect(schemaGrammar({ type: 'object', required: ['only'] })).toContain('"\\"only\\":" ws value');
  const typed = { required: ['n'], type: 'object', additionalProperties: { type: 'boolean' } };
  expect(schemaGrammar(typed)).toContain('"\\"n\\":" ws boolean');
});

test('a required name that may not be written is refused', () => {
  const schema = { type: 'object', properties: {}, required: ['b'], additionalProperties: false };
  expect(refusal(schema).detail).toBe('schema.required: asks for `b`, which the schema does not allow.');
});

test('only values of the given type are offered', () => {
  const grammar = schemaGrammar({ type: ['string', 'integer'], enum: ['a', 1, 1.5, null, true] });
  expect(grammar).toMatch(/^root ::= \( "\\"a\\"" \| "1" \)\n/);
  expect(refusal({ type: 'string', const: 1 }).detail).toBe('schema.enum: has no value of the given type.');
  expect(refusal({ type: 'object', enum: [[], 1] }).detail).toMatch(/no value/);
});

test.each([
  ['200,000 values', { enum: Array.from({ length: 200_000 }, (_, at) => at) }],
  ['values of 10 MB', { enum: Array.from({ length: 1_000 }, (_, at) => `${at}${'x'.repeat(10_000)}`) }],
  ['a reference through thousands of others', chain(9_000)],
])('a schema of %s is refused', (_what, schema) => {
  expect(refusal(schema)).toMatchObject({ code: 'invalid_request', facts: { param: 'response_format' } });
});

test('a long chain of references is followed to its end', () => {
  expect(schemaGrammar(chain(1_500))).toContain('ref-1500 ::= string\n');
});

function chain(length: number): object {
  const part = (at: number) => (at === length ? { type: 'string' } : { $ref: `#/$defs/a${at + 1}` });
  const $defs = Object.fromEntries(Array.from({ length: length + 1 }, (_, at) => [`a${at}`, part(at)]));
  return { $ref: '#/$defs/a0', $defs };
}
