/** What may stand in a JSON Schema here: its keywords, its bounds, its refusals. Separate from the rules that are made of it. */
import { CodedError } from '../../../errors.ts';

export type Schema = Readonly<Record<string, unknown>>;

/** llama.cpp itself refuses repetitions above 2,000. */
const MAX_REPETITION = 1_000;

const ANNOTATIONS = new Set([
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'examples',
  'example',
  'deprecated',
  'readOnly',
  'writeOnly',
]);
/** Keywords understood per type, besides annotations. Everything else is refused. */
export const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'format'],
  integer: ['minimum', 'maximum'],
  number: [],
  boolean: [],
  null: [],
};

/** @throws invalid_request naming the first keyword that is neither allowed nor an annotation */
export function only(schema: Schema, allowed: readonly string[], path: string): void {
  for (const key of Object.keys(schema))
    if (!allowed.includes(key) && !ANNOTATIONS.has(key))
      throw refuse(`${path}.${key}`, 'this schema keyword is not supported here');
}

/** What a schema that names no type must be. */
export function impliedType(schema: Schema): string | undefined {
  if (schema.properties !== undefined) return 'object';
  return schema.items === undefined ? undefined : 'array';
}

/** Whether a value of `enum` or `const` is of the type beside it. */
export function isOfType(value: unknown, type: unknown): boolean {
  if (type === undefined) return true;
  if (Array.isArray(type)) return type.some((name: unknown) => isOfType(value, name));
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isSchema(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

/** A bound on lengths and lists. @throws invalid_request unless an integer from 0 to 1,000 */
export function bound(value: unknown, otherwise: number, path: string): number {
  if (value === undefined) return otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_REPETITION)
    return value;
  throw refuse(path, `expected an integer from 0 to ${MAX_REPETITION}`);
}

export const isSchema = (value: unknown): value is Schema =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
/** @param param  where in the schema */
export const refuse = (param: string, detail: string): CodedError =>
  new CodedError('invalid_request', `${param}: ${detail}.`, { param: 'response_format' });
