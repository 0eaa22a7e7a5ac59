/** The rules a schema becomes, under bounds that keep a small request from becoming a huge grammar. Separate because it walks. */
import { BASE, group, literal } from './gbnf.ts';
import { findEndlessReference, isLargerThan, resolveReference } from './references.ts';
import { bound, impliedType, isOfType, isSchema, KEYWORDS, only, refuse, type Schema } from './schema.ts';

/** Parts of the schema that become rules. */
const MAX_NODES = 2_000;
const MAX_ENUM = 1_000;
const MAX_SPAN = 1_000;
/** Values in a schema, used or not. References are followed by recursion. */
const MAX_PARTS = 8_000;
/** Characters of the rules made of it: llama.cpp needs seconds for ten million. */
const MAX_TEXT = 1_000_000;

/** Rules of one schema; @throws invalid_request naming what is not understood */
export class GrammarRules {
  readonly #root: unknown;
  readonly #prefix: string;
  readonly #rules = new Map<string, string>();
  readonly #references = new Map<string, string>();
  #nodes = 0;

  constructor(root: unknown, prefix = '') {
    this.#root = root;
    this.#prefix = prefix;
    if (isLargerThan(root, MAX_PARTS)) throw refuse('schema', `has more than ${MAX_PARTS} values`);
    const endless = findEndlessReference(root);
    if (endless !== undefined) throw refuse('$ref', `\`${endless}\` refers to nothing but itself`);
  }

  text(root: string): string {
    return `root ::= ${bounded(root)}\n${this.body()}${BASE}`;
  }

  body(): string {
    return bounded([...this.#rules].map(([name, rule]) => `${name} ::= ${rule}\n`).join(''));
  }

  /** An expression for `schema`, adding rules as needed. */
  visit(schema: unknown, path: string): string {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES) throw refuse(path, `the schema has more than ${MAX_NODES} parts`);
    if (schema === true) return 'value';
    if (!isSchema(schema)) throw refuse(path, 'expected a JSON Schema object');
    if (schema.$ref !== undefined) return this.#reference(schema, path);
    for (const keyword of ['anyOf', 'oneOf', 'allOf'] as const)
      if (schema[keyword] !== undefined) return this.#combine(schema, keyword, path);
    if (schema.const !== undefined) {
      only(schema, ['const', 'type'], path);
      return this.#values([schema.const], schema.type, path);
    }
    if (schema.enum !== undefined) {
      only(schema, ['enum', 'type'], path);
      return this.#values(schema.enum, schema.type, path);
    }
    const type = schema.type ?? impliedType(schema);
    if (type === undefined) {
      only(schema, [], path);
      return 'value';
    }
    const types = Array.isArray(type) ? type : [type];
    const known = types.flatMap((name: unknown) => (typeof name === 'string' ? (KEYWORDS[name] ?? []) : []));
    only(schema, ['type', ...known], path);
    return group(types.map((name: unknown) => this.#typed(name, schema, path)));
  }

  #typed(type: unknown, schema: Schema, path: string): string {
    switch (type) {
      case 'object':
        return this.#object(schema, path);
      case 'array':
        return this.#array(schema, path);
      case 'string':
        return this.#string(schema, path);
      case 'integer':
        return integerOf(schema, path);
      case 'number':
      case 'boolean':
      case 'null':
        return type;
      default:
        throw refuse(`${path}.type`, 'expected a JSON type');
    }
  }

  #object(schema: Schema, path: string): string {
    const properties = isSchema(schema.properties) ? Object.entries(schema.properties) : [];
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    const described = new Set<unknown>(properties.map(([name]) => name));
    // What is required and not described may be whatever the schema allows besides.
    for (const name of required) {
      if (typeof name !== 'string') throw refuse(`${path}.required`, 'expected a list of names');
      if (described.has(name)) continue;
      const extra = schema.additionalProperties ?? true;
      if (extra === false)
        throw refuse(`${path}.required`, `asks for \`${name}\`, which the schema does not allow`);
      properties.push([name, extra]);
    }
    if (properties.length === 0) {
      const extra = schema.additionalProperties;
      if (extra === false) return '( "{" ws "}" )';
      if (extra === undefined || extra === true) return 'object';
      const pair = `string ":" ws ${this.visit(extra, `${path}.additionalProperties`)}`;
      return this.#rule('map', `"{" ws ( ${pair} ( "," ws ${pair} )* )? ws "}"`);
    }
    // Two chains of rules from the last property back to the first: with and without a property before it. Properties
    // the schema merely allows besides are never written: leaving them out is always valid.
    let first = '';
    let next = '';
    for (const [name, value] of properties.reverse()) {
      const pair = `${literal(`${JSON.stringify(name)}:`)} ws ${this.visit(value, `${path}.properties.${name}`)}`;
      const one = this.#rule('pair', pair);
      const isRequired = required.has(name);
      first = this.#rule('first', isRequired ? `${one} ${next}` : `${one} ${next} | ${first || '""'}`);
      next = this.#rule('next', isRequired ? `"," ws ${one} ${next}` : `( "," ws ${one} )? ${next}`);
    }
    return `( "{" ws ${first} ws "}" )`;
  }

  #array(schema: Schema, path: string): string {
    const item = schema.items === undefined ? 'value' : this.visit(schema.items, `${path}.items`);
    const min = bound(schema.minItems, 0, `${path}.minItems`);
    const max = schema.maxItems === undefined ? undefined : bound(schema.maxItems, 0, `${path}.maxItems`);
    if (max !== undefined && max < min) throw refuse(`${path}.maxItems`, 'is less than minItems');
    if (max === 0) return '( "[" ws "]" )';
    // Rules of their own, so that llama.cpp, which multiplies what it repeats, repeats a name and not what it stands for.
    const one = this.#rule('item', item);
    const more = `${this.#rule('more', `"," ws ${one}`)}{${Math.max(0, min - 1)},${max === undefined ? '' : max - 1}}`;
    const all = `${one} ${more}`;
    return this.#rule('list', `"[" ws ${min === 0 ? `( ${all} )?` : all} ws "]"`);
  }

  #string(schema: Schema, path: string): string {
    if (schema.format !== undefined) {
      only(schema, ['type', 'format'], path);
      if (schema.format === 'date-time') return '( "\\"" date "T" time "\\"" )';
      if (schema.format === 'date' || schema.format === 'time') return `( "\\"" ${schema.format} "\\"" )`;
      throw refuse(`${path}.format`, 'supported are date, time and date-time');
    }
    if (schema.minLength === undefined && schema.maxLength === undefined) return 'string';
    const min = bound(schema.minLength, 0, `${path}.minLength`);
    const max = schema.maxLength === undefined ? '' : bound(schema.maxLength, 0, `${path}.maxLength`);
    if (max !== '' && max < min) throw refuse(`${path}.maxLength`, 'is less than minLength');
    return this.#rule('text', `"\\"" char{${min},${max}} "\\""`);
  }

  #combine(schema: Schema, keyword: 'anyOf' | 'oneOf' | 'allOf', path: string): string {
    only(schema, [keyword], path);
    const parts = schema[keyword];
    if (!Array.isArray(parts) || parts.length === 0) throw refuse(`${path}.${keyword}`, 'expected a list');
    if (keyword === 'allOf' && parts.length > 1)
      throw refuse(`${path}.allOf`, 'more than one part is not supported');
    return group(parts.map((part: unknown, at) => this.visit(part, `${path}.${keyword}.${at}`)));
  }

  #reference(schema: Schema, path: string): string {
    only(schema, ['$ref'], path);
    const target = schema.$ref;
    if (typeof target !== 'string') throw refuse(`${path}.$ref`, 'expected text');
    const known = this.#references.get(target);
    if (known !== undefined) return known;
    const found = resolveReference(this.#root, target);
    if (found === undefined) throw refuse(`${path}.$ref`, `\`${target}\` is not in this schema`);
    // Named before it is visited, so that it may contain itself.
    const name = `${this.#prefix}ref-${this.#references.size}`;
    this.#references.set(target, name);
    this.#rules.set(name, this.visit(found, target));
    return name;
  }

  #values(values: unknown, type: unknown, path: string): string {
    if (!Array.isArray(values) || values.length === 0) throw refuse(`${path}.enum`, 'expected a list');
    if (values.length > MAX_ENUM) throw refuse(`${path}.enum`, `has more than ${MAX_ENUM} values`);
    const allowed = values.filter((value: unknown) => isOfType(value, type));
    if (allowed.length === 0) throw refuse(`${path}.enum`, 'has no value of the given type');
    return group(allowed.map((value: unknown) => literal(JSON.stringify(value))));
  }

  #rule(kind: string, rule: string): string {
    const name = `${this.#prefix}${kind}-${this.#rules.size}`;
    this.#rules.set(name, rule);
    return name;
  }
}

function integerOf(schema: Schema, path: string): string {
  // Tools that make schemas from types write the bounds of exact integers; the grammar keeps to 15 digits anyway.
  const min = Number(schema.minimum ?? Number.MIN_SAFE_INTEGER);
  const max = Number(schema.maximum ?? Number.MAX_SAFE_INTEGER);
  const isOpenAbove = max >= Number.MAX_SAFE_INTEGER;
  if (min <= Number.MIN_SAFE_INTEGER && isOpenAbove) return 'integer';
  if (min === 0 && isOpenAbove) return 'integral';
  if (min === 1 && isOpenAbove) return '( [1-9] [0-9]{0,14} )';
  const [low, high] = [Math.ceil(min), Math.floor(max)];
  if (!(high >= low && high - low < MAX_SPAN))
    throw refuse(`${path}.minimum`, `supported are 0, 1, or a range of at most ${MAX_SPAN} integers`);
  return group(Array.from({ length: high - low + 1 }, (_, at) => literal(String(low + at))));
}

function bounded(text: string): string {
  if (text.length > MAX_TEXT) throw refuse('schema', 'is too long: use fewer or shorter names and values');
  return text;
}
