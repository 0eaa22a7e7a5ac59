import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CodedError } from '../../../errors.ts';
import { JSON_OBJECT_GRAMMAR, schemaGrammar, toolCallGrammar } from './grammar.ts';
import { findEndlessReference, resolveReference } from './references.ts';

/** The rules that are not JSON's own, root first. */
const rulesOf = (grammar: string): string[] => grammar.slice(0, grammar.indexOf('\nws ::=')).split('\n');

test.each([
  ['anything', {}, ['root ::= value']],
  ['anything at all', true, ['root ::= value']],
  ['a string', { type: 'string' }, ['root ::= string']],
  ['one of two types', { type: ['integer', 'null'] }, ['root ::= ( integer | null )']],
  ['values', { enum: ['a"b', 1, null] }, ['root ::= ( "\\"a\\\\\\"b\\"" | "1" | "null" )']],
  ['a constant', { const: { a: 1 } }, ['root ::= "{\\"a\\":1}"']],
  ['a date', { type: 'string', format: 'date' }, ['root ::= ( "\\"" date "\\"" )']],
  ['a time stamp', { type: 'string', format: 'date-time' }, ['root ::= ( "\\"" date "T" time "\\"" )']],
  [
    'a length',
    { type: 'string', minLength: 1, maxLength: 3 },
    ['root ::= text-0', 'text-0 ::= "\\"" char{1,3} "\\""'],
  ],
  [
    'a least length',
    { type: 'string', minLength: 2 },
    ['root ::= text-0', 'text-0 ::= "\\"" char{2,} "\\""'],
  ],
  ['a count', { type: 'integer', minimum: 0 }, ['root ::= integral']],
  ['a number of things', { type: 'integer', minimum: 1 }, ['root ::= ( [1-9] [0-9]{0,14} )']],
  ['a range', { type: 'integer', minimum: -1, maximum: 1 }, ['root ::= ( "-1" | "0" | "1" )']],
  [
    'the bounds of exact integers',
    { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 },
    ['root ::= integer'],
  ],
  ['any object', { type: 'object' }, ['root ::= object']],
  ['an empty object', { type: 'object', additionalProperties: false }, ['root ::= ( "{" ws "}" )']],
  [
    'a map',
    { type: 'object', additionalProperties: { type: 'boolean' } },
    [
      'root ::= map-0',
      'map-0 ::= "{" ws ( string ":" ws boolean ( "," ws string ":" ws boolean )* )? ws "}"',
    ],
  ],
  ['an empty list', { type: 'array', maxItems: 0 }, ['root ::= ( "[" ws "]" )']],
  [
    'a list',
    { items: { type: 'null' }, minItems: 2, maxItems: 3 },
    [
      'root ::= list-2',
      'item-0 ::= null',
      'more-1 ::= "," ws item-0',
      'list-2 ::= "[" ws item-0 more-1{1,2} ws "]"',
    ],
  ],
  [
    'annotations',
    { type: 'boolean', title: 't', description: 'd', default: true, $schema: 's' },
    ['root ::= boolean'],
  ],
  ['one part of all', { allOf: [{ type: 'null' }] }, ['root ::= null']],
])('%s becomes a rule', (_title, schema, rules) => {
  expect(rulesOf(schemaGrammar(schema))).toEqual(rules);
});

test('a property that is not required may be left out, with its comma', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'null' }, b: { type: 'null' } },
    required: ['b'],
  };
  expect(rulesOf(schemaGrammar(schema))).toEqual([
    'root ::= ( "{" ws first-4 ws "}" )',
    'pair-0 ::= "\\"b\\":" ws null',
    'first-1 ::= pair-0 ',
    'next-2 ::= "," ws pair-0 ',
    'pair-3 ::= "\\"a\\":" ws null',
    'first-4 ::= pair-3 next-2 | first-1',
    'next-5 ::= ( "," ws pair-3 )? next-2',
  ]);
});

test('a schema may contain itself', () => {
  const schema = { $defs: { t: { type: 'array', items: { $ref: '#/$defs/t' } } }, $ref: '#/$defs/t' };
  expect(schemaGrammar(schema)).toContain('item-0 ::= ref-0');
});

test.each([
  ['pattern', { type: 'string', pattern: 'x' }, 'schema.pattern'],
  ['a format', { type: 'string', format: 'email' }, 'format'],
  ['a length beside a format', { type: 'string', format: 'date', maxLength: 3 }, 'maxLength'],
  ['another type’s keyword', { type: 'string', minItems: 1 }, 'minItems'],
  ['not', { not: {} }, 'not'],
  ['a keyword beside a reference', { $defs: { a: {} }, $ref: '#/$defs/a', minLength: 1 }, 'minLength'],
  ['parts of all', { allOf: [{}, {}] }, 'allOf'],
  ['a union of nothing', { anyOf: [] }, 'anyOf'],
  ['a type nobody knows', { type: 'file' }, 'type'],
  ['a type from the language', { type: 'constructor' }, 'type'],
  ['no schema', { type: 'array', items: 3 }, 'items'],
  ['a reference into nothing', { $ref: '#/$defs/a' }, '$ref'],
  ['a reference that is no text', { $ref: { toString: null } }, '$ref'],
  ['a reference to the web', { $ref: 'https://example.org' }, '$ref'],
  ['a reference to itself', { $ref: '#' }, 'nothing but itself'],
  ['a wide range', { type: 'integer', minimum: 5, maximum: 50_000 }, 'minimum'],
  ['a range upside down', { type: 'integer', minimum: 5, maximum: 4 }, 'minimum'],
  ['a long text', { type: 'string', maxLength: 5_000 }, 'maxLength'],
  ['lengths upside down', { type: 'string', minLength: 5, maxLength: 4 }, 'maxLength'],
  ['counts upside down', { type: 'array', minItems: 5, maxItems: 4 }, 'maxItems'],
  ['half a thing', { type: 'array', minItems: 0.5 }, 'minItems'],
  ['too many values', { enum: Array.from({ length: 1_001 }, (_, at) => at) }, 'enum'],
  ['no values', { enum: [] }, 'enum'],
  ['too many parts', { anyOf: Array.from({ length: 2_001 }, () => ({})) }, '2000'],
])('%s is refused by name', (_title, schema, named) => {
  expect(() => schemaGrammar(schema)).toThrow(
    expect.objectContaining({ code: 'invalid_request', detail: expect.stringContaining(named) }),
  );
});

test('whatever the schema, the outcome is a grammar or a coded refusal', () => {
  const keyword = fc.constantFrom(
    'type',
    'properties',
    'items',
    'enum',
    'anyOf',
    'required',
    '$ref',
    'minLength',
    'const',
    'a',
  );
  const { schema } = fc.letrec((tie) => ({
    schema: fc.dictionary(
      keyword,
      fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('object', 'array', 'string', '#', '#/a'),
        fc.nat(5),
        fc.array(tie('schema'), { maxLength: 3 }),
        tie('schema'),
      ),
    ),
  }));
  fc.assert(
    fc.property(schema, (value) => {
      try {
        expect(schemaGrammar(value)).toMatch(/^root ::= \S/);
      } catch (error) {
        expect(error).toBeInstanceOf(CodedError);
      }
    }),
  );
});

test('a forced call names its tool, and arguments nobody understands are any object', () => {
  const tool = (name: string, parameters?: unknown) => ({
    function: { name, ...(parameters ? { parameters } : {}) },
  });
  const grammar = toolCallGrammar(
    [tool('a', { type: 'boolean' }), tool('b', { pattern: 'x' }), tool('c')],
    'arguments',
    ']',
  );
  expect(rulesOf(grammar)[0]).toBe(
    'root ::= ( "{\\"name\\": \\"a\\", \\"arguments\\": " boolean "}" | "{\\"name\\": \\"b\\", \\"arguments\\": " object "}" | "{\\"name\\": \\"c\\", \\"arguments\\": " object "}" ) "]"',
  );
  const two = toolCallGrammar([tool('a', { type: 'array' }), tool('b', { type: 'array' })], 'parameters', '');
  expect(new Set(two.match(/^\S+(?= ::=)/gm)).size).toBe(two.match(/^\S+(?= ::=)/gm)?.length);
  expect(JSON_OBJECT_GRAMMAR).toMatch(/^root ::= object\n/);
});

test('references are JSON pointers', () => {
  const root = { $defs: { 'a/b': 1, 'c~d': 2 }, list: [3] };
  expect(resolveReference(root, '#/$defs/a~1b')).toBe(1);
  expect(resolveReference(root, '#/$defs/c~0d')).toBe(2);
  expect(resolveReference(root, '#/list/0')).toBe(3);
  expect(resolveReference(root, '#/toString')).toBeUndefined();
  expect(resolveReference(root, 'x')).toBeUndefined();
});

test('an endless reference is found wherever it hides, a recursive one is none', () => {
  const hidden = {
    $defs: {
      x: { anyOf: [{ type: 'object', properties: { p: { $ref: '#/$defs/y' } } }, { $ref: '#/$defs/y' }] },
      y: { $ref: '#/$defs/x' },
    },
  };
  expect(findEndlessReference(hidden)).toBeDefined();
  expect(
    findEndlessReference({ anyOf: [{ type: 'null' }, { type: 'array', items: { $ref: '#' } }] }),
  ).toBeUndefined();
});
