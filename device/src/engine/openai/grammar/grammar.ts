/**
 * JSON Schema → GBNF, the grammar llama.cpp samples by. What the grammar lets through is always valid for the schema;
 * a schema it cannot promise that for is refused by name. Separate and pure because schemas are hostile input.
 * @see https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md, https://json-schema.org/draft/2020-12
 */
import { CodedError } from '../../../errors.ts';
import { BASE, literal } from './gbnf.ts';
import { GrammarRules } from './rules.ts';

/** Grammar of any JSON object. */
export const JSON_OBJECT_GRAMMAR = `root ::= object\n${BASE}`;

/** Grammar of exactly the JSON that is valid for `schema`, or of some of it. @throws invalid_request naming the keyword */
export function schemaGrammar(schema: unknown): string {
  const rules = new GrammarRules(schema);
  return rules.text(rules.visit(schema, 'schema'));
}

/**
 * Grammar of one forced tool call. Arguments whose schema is not understood may be any object: a call is a proposal
 * that its receiver checks, an answer by schema is a promise.
 * @param argumentsKey  how the model's family calls them
 * @param after         literal text behind the call
 */
export function toolCallGrammar(
  tools: readonly { readonly function: { readonly name: string; readonly parameters?: unknown } }[],
  argumentsKey: string,
  after: string,
): string {
  const alternatives: string[] = [];
  const bodies: string[] = [];
  for (const [at, tool] of tools.entries()) {
    const lead = `{"name": ${JSON.stringify(tool.function.name)}, "${argumentsKey}": `;
    const [root, rules] = argumentRules(tool.function.parameters, `t${at}-`);
    alternatives.push(`${literal(lead)} ${root} "}"`);
    bodies.push(rules);
  }
  const tail = after === '' ? '' : ` ${literal(after)}`;
  return `root ::= ( ${alternatives.join(' | ')} )${tail}\n${bodies.join('')}${BASE}`;
}

function argumentRules(parameters: unknown, prefix: string): readonly [root: string, rules: string] {
  if (parameters === undefined) return ['object', ''];
  try {
    const rules = new GrammarRules(parameters, prefix);
    const root = rules.visit(parameters, 'parameters');
    return [root, rules.body()];
  } catch (error) {
    if (error instanceof CodedError) return ['object', ''];
    throw error;
  }
}
