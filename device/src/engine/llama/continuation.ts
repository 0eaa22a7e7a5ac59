/** Pieces of one text that are tokenised by themselves. Separate because vocabularies of words set a blank before whatever they
 *  are given, and a piece in the middle of a text has none. Pure. */

/** What a piece is written behind so that no blank comes before it; nothing where vocabularies set none. */
export function leadOf(vocabularyModel: string): string {
  return vocabularyModel === 'gpt2' ? '' : '\n';
}

/** Tokens of lead and piece → tokens of the piece. `undefined` when the lead's own cannot be told apart. */
export function withoutLead(
  tokens: readonly number[],
  lead: readonly number[],
): readonly number[] | undefined {
  return lead.every((token, at) => tokens[at] === token) ? tokens.slice(lead.length) : undefined;
}
