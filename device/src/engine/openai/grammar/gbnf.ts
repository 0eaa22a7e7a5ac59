/** GBNF itself: JSON's own shapes, literals, alternatives. Separate because it knows no schema.
 *  @see https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md */

/** JSON's own shapes. One optional blank or line break with indentation is all the white space there is, so that no
 *  model can spin in it. */
export const BASE = `ws ::= ( " " | "\\n" [ \\t]{0,20} )?
char ::= [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" ( ["\\\\bfnrt/] | "u" [0-9a-fA-F]{4} )
string ::= "\\"" char* "\\""
integral ::= "0" | [1-9] [0-9]{0,14}
integer ::= "-"? integral
number ::= "-"? integral ( "." [0-9]{1,15} )? ( [eE] [-+]? [0-9]{1,2} )?
boolean ::= "true" | "false"
null ::= "null"
value ::= object | array | string | number | boolean | null
pair ::= string ":" ws value
object ::= "{" ws ( pair ( "," ws pair )* )? ws "}"
array ::= "[" ws ( value ( "," ws value )* )? ws "]"
date ::= [0-9]{4} "-" ( "0" [1-9] | "1" [0-2] ) "-" ( "0" [1-9] | "1" [0-9] | "2" [0-8] )
time ::= ( [01] [0-9] | "2" [0-3] ) ":" [0-5] [0-9] ":" [0-5] [0-9] ( "." [0-9]{3} )? ( "Z" | [+-] ( "0" [0-9] | "1" [0-3] ) ":" [0-5] [0-9] )
`;

/** One of `parts`. */
export const group = (parts: readonly string[]): string =>
  parts.length === 1 ? String(parts[0]) : `( ${parts.join(' | ')} )`;
/** GBNF string literal; what reaches it is JSON or a name, so control characters are already escaped. */
export const literal = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
